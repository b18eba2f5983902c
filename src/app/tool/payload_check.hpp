// SPDX-License-Identifier: Apache-2.0
// Whether a root has what the payload of a configuration needs: its program, what runs that, its user and directory.
#pragma once

#include <functional>
#include <string>

#include "app/tool/root_view.hpp"

namespace nlinit::app {

// A sentence about the value of this key; empty: of none.
using Complain = std::function<void(const std::string& key, const std::string& sentence)>;

// The root is this process's, of which `view` says what a boot will cover.
void check_payload(const config::Config& config, const RootView& view, const Complain& complain);

}  // namespace nlinit::app
