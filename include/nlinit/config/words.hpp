// SPDX-License-Identifier: Apache-2.0
// The words that file and command line have for the choices of a Config.
#pragma once

#include <array>
#include <cstdint>

#include "nlinit/base/log_level.hpp"
#include "nlinit/base/words.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/machine/end_action.hpp"

namespace nlinit::config {

inline constexpr std::array<Word<Method>, 3> kMethodWords{
    {{"dhcp", Method::dhcp}, {"static", Method::fixed}, {"none", Method::none}}};
inline constexpr std::array<Word<Ipv6>, 3> kIpv6Words{
    {{"auto", Ipv6::automatic}, {"static", Ipv6::fixed}, {"none", Ipv6::none}}};
inline constexpr std::array<Word<ConflictDetection>, 3> kConflictDetectionWords{
    {{"off", ConflictDetection::off},
     {"probe", ConflictDetection::probe},
     {"optimistic", ConflictDetection::optimistic}}};
inline constexpr std::array<Word<Restart>, 3> kRestartWords{
    {{"never", Restart::never}, {"on-failure", Restart::on_failure}, {"always", Restart::always}}};
inline constexpr std::array<Word<EndAction>, 4> kEndActionWords{{{"poweroff", EndAction::poweroff},
                                                                 {"reboot", EndAction::reboot},
                                                                 {"halt", EndAction::halt},
                                                                 {"stay", EndAction::stay}}};
inline constexpr std::array<Word<Handoff>, 2> kHandoffWords{
    {{"supervise", Handoff::supervise}, {"exec", Handoff::exec}}};
inline constexpr std::array<Word<EndAction>, 3> kMachineEndWords{
    {{"poweroff", EndAction::poweroff}, {"reboot", EndAction::reboot}, {"halt", EndAction::halt}}};
inline constexpr std::array<Word<EndAction>, 4> kPowerButtonWords{{{"poweroff", EndAction::poweroff},
                                                                   {"reboot", EndAction::reboot},
                                                                   {"halt", EndAction::halt},
                                                                   {"ignore", EndAction::stay}}};
inline constexpr std::array<Word<LogLevel>, 4> kLogLevelWords{
    {{"debug", LogLevel::debug}, {"info", LogLevel::info}, {"warning", LogLevel::warning}, {"error", LogLevel::error}}};
// What a switch on the kernel command line may be set to, as the kernel's own (kstrtobool).
inline constexpr std::array<Word<bool>, 10> kSwitchWords{{{"1", true},
                                                          {"y", true},
                                                          {"yes", true},
                                                          {"on", true},
                                                          {"true", true},
                                                          {"0", false},
                                                          {"n", false},
                                                          {"no", false},
                                                          {"off", false},
                                                          {"false", false}}};

}  // namespace nlinit::config
