// SPDX-License-Identifier: Apache-2.0
// Versions of the library.
#pragma once

namespace sfu {

// Of this library, "major.minor.patch". Static storage.
const char* version() noexcept;

// What clients are told as the server's version: the LiveKit release whose protocol is spoken. Clients switch features
// on by it, so it is not the library's own.
const char* protocol_server_version() noexcept;

}  // namespace sfu
