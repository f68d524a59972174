// SPDX-License-Identifier: Apache-2.0
// Boost.JSON, compiled for a shared library, which Debian's archive of it is not.
#include <boost/json/src.hpp>
