// SPDX-License-Identifier: Apache-2.0
// Answers with something in them that is to be ignored, cut or corrected, and what the kernel and resolv.conf then
// have.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "hostile/hostile_fixture.hpp"

namespace nlinit::test {

inline const std::string kSubnetRoute = "192.0.2.0/24 src 192.0.2.50 proto dhcp scope link";
inline const std::string kDefaultRoute = "default via 192.0.2.1 src 192.0.2.50 proto dhcp";
inline const std::string kNameServer = "nameserver 192.0.2.53\n";

// What is not named is as without any spoiling.
struct Effect {
    std::string name;
    Spoil make;
    std::vector<std::string> routes = {kSubnetRoute, kDefaultRoute};
    std::string resolv_conf = kNameServer;
    std::vector<std::string> addresses = {"192.0.2.50/24 brd 192.0.2.255"};
    unsigned mtu = 1500;
};
inline std::ostream& operator<<(std::ostream& out, const Effect& effect) {
    return out << effect.name;
}

class EffectFixture : public HostileFixture {
  protected:
    // Both answers are made so; the packets must not be dropped.
    void exchange(const Spoil& make) {
        answer_with(make);
        run({"--resolv-conf", resolv_conf_path()});
        EXPECT_THAT(drops(), ::testing::IsEmpty());
    }
    void expect(const Effect& effect) {
        EXPECT_EQ(addresses(), effect.addresses);
        EXPECT_EQ(routes(), effect.routes);
        EXPECT_EQ(resolv_conf(), effect.resolv_conf);
        EXPECT_EQ(link_of("eth0", cable_.client)->mtu, effect.mtu);
    }
    [[nodiscard]] std::string resolv_conf() const {  // empty too when there is none
        std::ifstream file(resolv_conf_path());
        return {std::istreambuf_iterator<char>(file), {}};
    }
    [[nodiscard]] const Json& lease() const { return report()["dhcp"]["lease"]; }

  private:
    [[nodiscard]] std::string resolv_conf_path() const { return directory_ / "resolv.conf"; }

    TemporaryDirectory directory_;
};

class EffectTest : public EffectFixture, public ::testing::WithParamInterface<Effect> {
  protected:
    void exchange_and_expect() {
        exchange(GetParam().make);
        expect_success();
        expect(GetParam());
    }
};

// What the option of one code becomes.
inline Spoil with(OptionCode code, Bytes value) {
    return [code, value = std::move(value)](RawAnswer& answer) { answer.set(code, value); };
}

}  // namespace nlinit::test
