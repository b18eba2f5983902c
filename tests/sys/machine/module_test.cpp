// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/module.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "support/namespaces.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

using Files = std::vector<std::string>;

class ModuleTest : public ::testing::Test {
  protected:
    void write(const std::string& name, const std::string& content) const {
        const std::string path = directory_ / name;
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path) << content;
    }
    void expect_files(const std::string& name, const Files& expected) const {
        ModuleLoader loader(directory_.path());
        const auto files = loader.files_for(name);
        ASSERT_TRUE(test::is_ok(files));
        EXPECT_EQ(*files, expected);
    }
    ModuleLoader loader() const { return ModuleLoader(directory_.path()); }
    const std::string& directory() const { return directory_.path(); }

  private:
    test::TemporaryDirectory directory_;
};

constexpr const char* kIndex =
    "kernel/net/core/failover.ko.xz:\n"
    "kernel/drivers/net/net_failover.ko.xz: kernel/net/core/failover.ko.xz\n"
    "kernel/drivers/net/virtio_net.ko.xz: kernel/drivers/net/net_failover.ko.xz kernel/net/core/failover.ko.xz\n"
    "kernel/fs/fuse/virtiofs.ko: kernel/fs/fuse/fuse.ko\n"
    "kernel/crypto/crc32c-intel.ko:";

TEST_F(ModuleTest, PutsDependenciesFirst) {
    write("modules.dep", kIndex);
    expect_files("virtio_net", {"kernel/net/core/failover.ko.xz", "kernel/drivers/net/net_failover.ko.xz",
                                "kernel/drivers/net/virtio_net.ko.xz"});
}

TEST_F(ModuleTest, TakesAModuleWithoutDependenciesAlone) {
    write("modules.dep", kIndex);
    expect_files("failover", {"kernel/net/core/failover.ko.xz"});
}

TEST_F(ModuleTest, TakesHyphenAndUnderscoreForTheSame) {
    write("modules.dep", kIndex);
    expect_files("crc32c_intel", {"kernel/crypto/crc32c-intel.ko"});
    expect_files("virtio-net", {"kernel/net/core/failover.ko.xz", "kernel/drivers/net/net_failover.ko.xz",
                                "kernel/drivers/net/virtio_net.ko.xz"});
}

TEST_F(ModuleTest, DoesNotTakeAPartOfANameForTheName) {
    write("modules.dep", kIndex);
    for (const char* name : {"virtio", "net", "virtio_net_more", "fail"}) EXPECT_FALSE(loader().files_for(name).ok());
}

TEST_F(ModuleTest, HasNothingToLoadForWhatIsBuiltIn) {
    write("modules.dep", kIndex);
    write("modules.builtin", "kernel/fs/ext4/ext4.ko\nkernel/drivers/block/virtio_blk.ko\n");
    expect_files("virtio-blk", {});
    EXPECT_TRUE(test::is_ok(loader().load("virtio_blk")));
}

TEST_F(ModuleTest, NamesTheIndexThatDoesNotHaveAModule) {
    write("modules.dep", kIndex);
    EXPECT_EQ(test::sentence(loader().load("nlinit_none")),
              "module nlinit_none: not in " + directory() + "/modules.dep");
}

TEST_F(ModuleTest, KnowsAModuleByAnAliasWithoutWildcards) {
    write("modules.dep", kIndex);
    write("modules.alias", "# aliases\nalias virtio:d0000001Av* virtiofs\nalias fs-virtiofs virtiofs\nalias a a\n");
    expect_files("fs_virtiofs", {"kernel/fs/fuse/fuse.ko", "kernel/fs/fuse/virtiofs.ko"});
    EXPECT_EQ(test::sentence(loader().load("a")), "module a: not in " + directory() + "/modules.dep");
}

TEST_F(ModuleTest, AnAliasStandsForAllModulesThatHaveIt) {
    write("modules.dep", "kernel/a.ko:\nkernel/b.ko: kernel/a.ko\nkernel/c.ko:\n");
    write("modules.alias", "alias crc32c a\nalias crypto_crc32c c\nalias crc32c b\nalias crc32c gone\n");
    expect_files("crc32c", {"kernel/a.ko", "kernel/a.ko", "kernel/b.ko"});
    EXPECT_EQ(test::sentence(loader().load("crc32c")),
              "module crc32c: open " + directory() + "/kernel/a.ko: No such file or directory");
}

TEST_F(ModuleTest, SoftDependenciesInACircleHaveAnEnd) {
    write("modules.dep", "kernel/a.ko:\nkernel/b.ko:\n");
    write("modules.softdep", "softdep a pre: b\nsoftdep b pre: a post: a\n");
    EXPECT_EQ(test::sentence(loader().load("a")),
              "module a: open " + directory() + "/kernel/a.ko: No such file or directory");
}

TEST_F(ModuleTest, SaysOfWhichKernelsThereAreModules) {
    write("6.1.0-9/modules.dep", "");
    ModuleLoader loader(directory() + "/6.2.0");
    EXPECT_EQ(test::sentence(loader.load("nlinit_none")),
              "module nlinit_none: there is no " + directory() + "/6.2.0 for this kernel, but modules of 6.1.0-9");
}

TEST_F(ModuleTest, TakesParametersOffTheName) {
    write("modules.dep", "kernel/nlinit_none.ko:\n");
    EXPECT_EQ(test::sentence(loader().load("nlinit_none a=1 b=2")),
              "module nlinit_none: open " + directory() + "/kernel/nlinit_none.ko: No such file or directory");
}

TEST_F(ModuleTest, ParametersOfWhatIsThereAlreadyAreNamedOnce) {
    write("modules.dep", kIndex);
    write("modules.builtin", "kernel/fs/nlinit_none.ko\n");
    const int status = test::run_in_child([&] {
        const UniqueFd errors(::open((directory() + "/errors").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        log::open(log::Target::standard_error, log::Level::warning);  // lines of earlier tests go where those went
        ::dup2(errors.get(), STDERR_FILENO);
        auto all = loader();
        for (const auto* words : {"nlinit_none a=1", "printk b=2 c", "printk", "nlinit_none "})
            if (!all.load(words).ok()) return 1;
        return 0;
    });
    EXPECT_EQ(status, 0);
    EXPECT_EQ(*read_file(directory() + "/errors", 1000),
              "nlinit: modules: module nlinit_none is there already, so 'a=1' is not used: nlinit_none.PARAMETER= on "
              "the kernel command line is\n"
              "nlinit: modules: module printk is there already, so 'b=2 c' is not used: printk.PARAMETER= on the "
              "kernel command line is\n");
}

TEST_F(ModuleTest, SoftDependenciesThatAreMissingAreNoMatter) {
    write("modules.dep", kIndex);
    write("modules.builtin", "kernel/fs/ext4/ext4.ko\n");
    write("modules.softdep", "# soft\nsoftdep ext4 pre: nlinit_none ext4 post: nlinit_none\n");
    EXPECT_TRUE(test::is_ok(loader().load("ext4")));
}

TEST_F(ModuleTest, LooksForTheFileWhenThereIsNoIndex) {
    write("kernel/drivers/net/virtio_net.ko.zst", "");
    write("kernel/drivers/net/virtio_net_more.ko", "");
    expect_files("virtio-net", {"kernel/drivers/net/virtio_net.ko.zst"});
    EXPECT_EQ(test::sentence(loader().load("nlinit_none")),
              "module nlinit_none: not below " + directory() + ", which has no modules.dep");
}

TEST_F(ModuleTest, RefusesNamesThatAreNoNames) {
    write("modules.dep", kIndex);
    for (const char* name : {"", "..", "../virtio_net", "kernel/virtio_net", "virtio_net.ko", "a:b", " a"}) {
        const auto loaded = loader().load(name);
        ASSERT_FALSE(loaded.ok()) << name;
        EXPECT_EQ(loaded.error().code, EINVAL) << name;
    }
}

// printk is built into every kernel, and stands in /sys/module like what is loaded.
TEST_F(ModuleTest, DoesNotInsertADependencyThatIsLoaded) {
    write("modules.dep", "kernel/nlinit_none.ko: kernel/printk.ko\n");
    EXPECT_EQ(test::sentence(loader().load("nlinit_none")),
              "module nlinit_none: open " + directory() + "/kernel/nlinit_none.ko: No such file or directory");
}

TEST_F(ModuleTest, NamesAFileThatTheIndexHasAndTheDirectoryHasNot) {
    write("modules.dep", "kernel/nlinit_none.ko:\n");
    EXPECT_EQ(test::sentence(loader().load("nlinit_none")),
              "module nlinit_none: open " + directory() + "/kernel/nlinit_none.ko: No such file or directory");
}

TEST_F(ModuleTest, NamesAFileThatIsNoModule) {
    write("modules.dep", "kernel/nlinit_none.ko:\n");
    write("kernel/nlinit_none.ko", "no module at all");
    const auto loaded = loader().load("nlinit_none");
    ASSERT_FALSE(loaded.ok());
    const auto& what = loaded.error().what;
    EXPECT_TRUE(what.starts_with("module nlinit_none: " + directory() + "/kernel/nlinit_none.ko")) << what;
    EXPECT_TRUE(loaded.error().code != ENOEXEC || what.ends_with(" was built for another kernel")) << what;
}

TEST_F(ModuleTest, LooksIntoTheDirectoryOfTheRunningKernel) {
    utsname system{};
    ASSERT_EQ(::uname(&system), 0);
    const std::string what = test::sentence(ModuleLoader().load("nlinit_none"));
    EXPECT_NE(what.find(std::string("/lib/modules/") + system.release), std::string::npos) << what;
}

}  // namespace
}  // namespace nlinit::sys
