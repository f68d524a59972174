// SPDX-License-Identifier: Apache-2.0
#include "clientconfig/expression.hpp"

#include <array>
#include <charconv>
#include <compare>
#include <utility>
#include <variant>

#include "clientconfig/version.hpp"

namespace sfu::clientconfig {
namespace {

constexpr unsigned kMaxDepth = 64;  // of parentheses and negations

using Text = std::string ClientDescription::*;
constexpr std::array<std::pair<std::string_view, Text>, 8> kTextFields{{
    {"c.sdk", &ClientDescription::sdk},
    {"c.version", &ClientDescription::version},
    {"c.os", &ClientDescription::os},
    {"c.os_version", &ClientDescription::os_version},
    {"c.device_model", &ClientDescription::device_model},
    {"c.browser", &ClientDescription::browser},
    {"c.browser_version", &ClientDescription::browser_version},
    {"c.address", &ClientDescription::address},
}};
constexpr std::string_view kProtocol = "c.protocol";

bool is_known(std::string_view field) {
  for (const auto& [name, member] : kTextFields) {
    if (name == field) return true;
  }
  return field == kProtocol;
}
bool is_version(std::string_view field) {
  return field == "c.version" || field == "c.browser_version";
}

using Operand = std::variant<bool, std::int64_t, std::string>;

Failure cannot(std::string what) {
  return fail(Errc::kInvalidArgument, std::move(what));
}

}  // namespace

struct Expression::Node {
  enum class Kind { kValue, kField, kNot, kAnd, kOr, kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

  Kind kind = Kind::kValue;
  Operand value;      // kValue
  std::string field;  // kField
  std::unique_ptr<Node> left;
  std::unique_ptr<Node> right;
};

namespace {

using Node = Expression::Node;
using Kind = Node::Kind;
using NodePtr = std::unique_ptr<Node>;

// Recursive descent: or, and, comparison, unary.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<NodePtr> parse() {
    SFU_TRY(NodePtr root, either());
    skip_spaces();
    if (at_ < text_.size()) return wrong("something follows the expression");
    return root;
  }
  const std::string& unknown_field() const { return unknown_field_; }

 private:
  Failure wrong(const std::string& what) const {
    return cannot("at character " + std::to_string(at_ + 1) + ": " + what);
  }
  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }
  bool take(std::string_view token) {
    skip_spaces();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  static NodePtr join(Kind kind, NodePtr left, NodePtr right) {
    auto node = std::make_unique<Node>();
    node->kind = kind;
    node->left = std::move(left);
    node->right = std::move(right);
    return node;
  }

  Result<NodePtr> either() {
    SFU_TRY(NodePtr left, both());
    while (take("||")) {
      SFU_TRY(NodePtr right, both());
      left = join(Kind::kOr, std::move(left), std::move(right));
    }
    return left;
  }
  Result<NodePtr> both() {
    SFU_TRY(NodePtr left, comparison());
    while (take("&&")) {
      SFU_TRY(NodePtr right, comparison());
      left = join(Kind::kAnd, std::move(left), std::move(right));
    }
    return left;
  }
  Result<NodePtr> comparison() {
    SFU_TRY(NodePtr left, unary());
    constexpr std::array<std::pair<std::string_view, Kind>, 6> kOperators{{{"==", Kind::kEqual},
                                                                           {"!=", Kind::kNotEqual},
                                                                           {"<=", Kind::kLessEqual},
                                                                           {">=", Kind::kGreaterEqual},
                                                                           {"<", Kind::kLess},
                                                                           {">", Kind::kGreater}}};
    for (const auto& [token, kind] : kOperators) {
      if (!take(token)) continue;
      SFU_TRY(NodePtr right, unary());
      return join(kind, std::move(left), std::move(right));
    }
    return left;
  }
  Result<NodePtr> unary() {
    skip_spaces();
    if (++depth_ > kMaxDepth) return wrong("nested too deep");
    auto node = primary();
    --depth_;
    return node;
  }
  Result<NodePtr> primary() {
    if (take("!")) {
      SFU_TRY(NodePtr operand, unary());
      return join(Kind::kNot, std::move(operand), nullptr);
    }
    if (take("(")) {
      SFU_TRY(NodePtr inner, either());
      if (!take(")")) return wrong("a ) is missing");
      return inner;
    }
    if (take("\"")) return text();
    return word();
  }
  Result<NodePtr> text() {
    std::string value;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\') ++at_;
      if (at_ < text_.size()) value += text_[at_++];
    }
    if (at_ >= text_.size()) return wrong("a \" is missing");
    ++at_;
    return make_value(std::move(value));
  }
  Result<NodePtr> word() {
    const std::size_t begin = at_;
    const auto belongs = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    };
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    const std::string_view found = text_.substr(begin, at_ - begin);
    if (found.empty()) return wrong("a value is missing");
    if (found == "true" || found == "false") return make_value(found == "true");
    if (found.front() >= '0' && found.front() <= '9') return number(found);
    auto node = std::make_unique<Node>();
    node->kind = Kind::kField;
    node->field = found;
    if (!is_known(found) && unknown_field_.empty()) unknown_field_ = found;
    return node;
  }
  Result<NodePtr> number(std::string_view digits) {
    std::int64_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || stop != end) return wrong("not a whole number: " + std::string(digits));
    return make_value(value);
  }
  static NodePtr make_value(Operand value) {
    auto node = std::make_unique<Node>();
    node->value = std::move(value);
    return node;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  unsigned depth_ = 0;
  std::string unknown_field_;
};

Result<Operand> evaluate(const Node& node, const ClientDescription& client);

Result<bool> truth_of(const Node& node, const ClientDescription& client) {
  SFU_TRY(const Operand value, evaluate(node, client));
  if (const bool* truth = std::get_if<bool>(&value)) return *truth;
  return cannot("a condition is wanted where there is a value");
}

bool holds(Kind kind, std::strong_ordering order) {
  switch (kind) {
    case Kind::kEqual: return order == 0;
    case Kind::kNotEqual: return order != 0;
    case Kind::kLess: return order < 0;
    case Kind::kLessEqual: return order <= 0;
    case Kind::kGreater: return order > 0;
    default: return order >= 0;
  }
}

Result<Operand> compare(const Node& node, const ClientDescription& client) {
  SFU_TRY(const Operand left, evaluate(*node.left, client));
  SFU_TRY(const Operand right, evaluate(*node.right, client));
  const bool equality = node.kind == Kind::kEqual || node.kind == Kind::kNotEqual;
  if (left.index() != right.index() || (std::holds_alternative<bool>(left) && !equality)) {
    if (equality) return Operand(node.kind == Kind::kNotEqual);
    return cannot("values of these kinds have no order");
  }
  if (const auto* text = std::get_if<std::string>(&left)) {
    const auto& other = std::get<std::string>(right);
    const bool versions = is_version(node.left->field) || is_version(node.right->field);
    const auto one = versions ? Version::parse(*text) : std::nullopt;
    const auto two = versions ? Version::parse(other) : std::nullopt;
    return Operand(holds(node.kind, one && two ? *one <=> *two : *text <=> other));
  }
  return Operand(holds(node.kind, left <=> right));
}

Result<Operand> field_of(const std::string& field, const ClientDescription& client) {
  for (const auto& [name, member] : kTextFields) {
    if (name == field) return Operand(client.*member);
  }
  if (field == kProtocol) return Operand(client.protocol);
  return cannot("there is no field " + field);
}

Result<Operand> evaluate(const Node& node, const ClientDescription& client) {
  switch (node.kind) {
    case Kind::kValue: return node.value;
    case Kind::kField: return field_of(node.field, client);
    case Kind::kNot: {
      SFU_TRY(const bool truth, truth_of(*node.left, client));
      return Operand(!truth);
    }
    case Kind::kAnd:
    case Kind::kOr: {
      SFU_TRY(const bool first, truth_of(*node.left, client));
      if (first == (node.kind == Kind::kOr)) return Operand(first);
      SFU_TRY(const bool second, truth_of(*node.right, client));
      return Operand(second);
    }
    default: return compare(node, client);
  }
}

}  // namespace

Result<Expression> Expression::parse(std::string_view text) {
  Parser parser(text);
  SFU_TRY(NodePtr root, parser.parse());
  return Expression(std::move(root), parser.unknown_field());
}

Expression::Expression(std::unique_ptr<Node> root, std::string unknown_field)
    : root_(std::move(root)), unknown_field_(std::move(unknown_field)) {}
Expression::~Expression() = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;

Result<bool> Expression::matches(const ClientDescription& client) const {
  return truth_of(*root_, client);
}

}  // namespace sfu::clientconfig
