// SPDX-License-Identifier: Apache-2.0
// The owner of the precompiled headers; see CMakeLists.txt.
