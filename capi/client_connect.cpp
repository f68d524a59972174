// SPDX-License-Identifier: Apache-2.0
#include "capi/client.hpp"
#include "sfu/client.hpp"

namespace sfu::capi {

template <>
inline constexpr std::size_t kFirstSize<sfu_client_options> = offsetof(sfu_client_options, audio_redundancy);

namespace {

ClientOptions from_c(const sfu_client_options* options) {
  const auto in = read(options);
  ClientOptions made;
  made.url = text(in.url, "url");
  made.token = text(in.token, "token");
  set(made.single_connection, in.single_connection, "single_connection");
  set(made.auto_subscribe, in.auto_subscribe, "auto_subscribe");
  made.adaptive_stream = in.adaptive_stream != 0;
  made.metadata = text(in.metadata, "metadata");
  made.attributes = pairs(in.attributes, in.attribute_count, "attributes");
  made.media_addresses = addresses(in.media_addresses, in.media_address_count, "media_addresses");
  made.ca_file = as_is(in.ca_file);
  made.verify_server = in.any_server == 0;
  set(made.receive_frames, in.receive_frames, "receive_frames");
  set_if(made.audio_redundancy, in.audio_redundancy);
  return made;
}

}  // namespace
}  // namespace sfu::capi

using namespace sfu::capi;

sfu_status sfu_client_connect(const sfu_client_options* options, const sfu_client_callbacks* callbacks,
                              sfu_client** client) {
  return enter([&] {
    must_be_free_to_wait();
    needs_place(client);
    auto in = from_c(options);
    const auto object = std::make_shared<ClientOf<sfu::Client>>(callbacks, nullptr);
    object->set(value(sfu::Client::connect(std::move(in), object->observer)));
    *client = add<sfu_client>(object);
    object->observer.taken();
  });
}
