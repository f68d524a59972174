// SPDX-License-Identifier: Apache-2.0
#include "auth/claims_text.hpp"

#include "base/utf8.hpp"

namespace sfu::auth {

Result<void> check_utf8(const Claims& claims) {
  SFU_CHECK_OK(sfu::check_utf8("api_key", claims.api_key));
  SFU_CHECK_OK(sfu::check_utf8("identity", claims.identity));
  SFU_CHECK_OK(sfu::check_utf8("name", claims.name));
  SFU_CHECK_OK(sfu::check_utf8("metadata", claims.metadata));
  SFU_CHECK_OK(sfu::check_utf8("attributes", claims.attributes));
  SFU_CHECK_OK(sfu::check_utf8("kind_details", claims.kind_details));
  SFU_CHECK_OK(sfu::check_utf8("room_config", claims.room_config));
  SFU_CHECK_OK(sfu::check_utf8("room_preset", claims.room_preset));
  SFU_CHECK_OK(sfu::check_utf8("sha256", claims.sha256));
  if (!claims.video) return {};
  SFU_CHECK_OK(sfu::check_utf8("room", claims.video->room));
  SFU_CHECK_OK(sfu::check_utf8("destination_room", claims.video->destination_room));
  return sfu::check_utf8("can_publish_sources", claims.video->can_publish_sources);
}

}  // namespace sfu::auth
