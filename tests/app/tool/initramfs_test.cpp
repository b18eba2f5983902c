// SPDX-License-Identifier: Apache-2.0
#include "app/tool/initramfs.hpp"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/program.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::app {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Words = std::vector<std::string>;

Elf64_Ehdr elf_header(Elf64_Half type, Elf64_Half machine) {
    Elf64_Ehdr head{};
    std::memcpy(head.e_ident, ELFMAG, SELFMAG);
    head.e_ident[EI_CLASS] = ELFCLASS64;
    head.e_ident[EI_DATA] = ELFDATA2LSB;
    head.e_type = type;
    head.e_machine = machine;
    return head;
}

template <class Value>
std::string raw_bytes(const Value& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

std::string program_for(Elf64_Half machine) {
    auto head = elf_header(ET_EXEC, machine);
    head.e_phoff = sizeof head;
    head.e_phentsize = sizeof(Elf64_Phdr);
    head.e_phnum = 1;
    Elf64_Phdr row{};
    row.p_type = PT_LOAD;
    row.p_filesz = sizeof head + sizeof row + 12;
    return raw_bytes(head) + raw_bytes(row) + "some content";
}

std::string module_for(Elf64_Half machine) {
    auto head = elf_header(ET_REL, machine);
    head.e_shoff = sizeof head;
    head.e_shentsize = sizeof(Elf64_Shdr);
    head.e_shnum = 1;
    return raw_bytes(head) + raw_bytes(Elf64_Shdr{}) + "some content";
}

// A static program, and the modules of a kernel in a root.
class InitramfsTest : public ::testing::Test {
  protected:
    InitramfsTest() {
        write("init", program_for(EM_X86_64));
        write(kModules + "/kernel/net/virtio_net.ko", module_for(EM_X86_64));
        write(kModules + "/kernel/net/failover.ko", module_for(EM_X86_64));
        write(kModules + "/kernel/fs/erofs.ko", module_for(EM_X86_64));
        write(kModules + "/kernel/x/other.ko", module_for(EM_X86_64));
        write(kModules + "/modules.dep",
              "kernel/net/virtio_net.ko: kernel/net/failover.ko\nkernel/net/failover.ko:\nkernel/fs/erofs.ko:\n"
              "kernel/x/other.ko:\n");
        write(kModules + "/modules.alias",
              "alias fs-erofs erofs\nalias virtio:d00000001v* virtio_net\nalias pci:* other\n");
        write(kModules + "/modules.builtin", "kernel/drivers/virtio_pci.ko\n");
    }
    std::string write(const std::string& name, const std::string& content) const {
        const fs::path path = directory_ / name;
        fs::create_directories(path.parent_path());
        std::ofstream(path) << content;
        return path;
    }
    std::string at(const std::string& name) const { return directory_ / name; }

    test::Finished run(const Words& arguments) {
        test::Program program(loop_, arguments, {});
        return program.wait();
    }
    // Into `image`, from the root.
    test::Finished make(Words options) {
        options.insert(options.begin(), {NLINIT_PROGRAM, "initramfs", "--init", at("init"), "--output", at("image")});
        return run(options);
    }
    test::Finished make_with_modules(Words options = {}) {
        options.insert(options.begin(), {"--modules-from", at("root")});
        return make(std::move(options));
    }
    // What cpio(1) says that is in there.
    Words names() {
        const auto listed = run({"/bin/sh", "-c", "cpio --quiet -t <" + at("image")});
        EXPECT_EQ(listed.exit_code, 0) << listed.errors;
        EXPECT_THAT(listed.errors, IsEmpty());
        std::istringstream lines(listed.output);
        Words words;
        for (std::string line; std::getline(lines, line);) words.push_back(line);
        return words;
    }
    // Unpacked by cpio(1).
    std::string unpacked() {
        const auto done = run(
            {"/bin/sh", "-c", "mkdir -p '" + at("out") + "' && cd '" + at("out") + "' && cpio --quiet -idu <../image"});
        EXPECT_EQ(done.exit_code, 0) << done.errors;
        return at("out");
    }
    std::string content(const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    void expect_refused(const test::Finished& finished, InitramfsStatus status, const std::string& sentence) {
        EXPECT_EQ(finished.exit_code, static_cast<int>(status));
        EXPECT_EQ(finished.errors, "nlinit: initramfs: " + sentence + "\n");
        EXPECT_FALSE(fs::exists(at("image")));
    }

    const std::string kModules = "root/lib/modules/6.1.0-9";
    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::TemporaryDirectory directory_;
};

TEST_F(InitramfsTest, HoldsInitConsoleAndTheModulesOfEveryGuest) {
    const auto made = make_with_modules();
    ASSERT_EQ(made.exit_code, 0) << made.errors;
    EXPECT_THAT(made.errors, IsEmpty());
    const std::string base = "lib/modules/6.1.0-9";
    EXPECT_THAT(names(), ElementsAre("dev", "dev/console", "init", "lib", "lib/modules", base, base + "/kernel",
                                     base + "/kernel/fs", base + "/kernel/fs/erofs.ko", base + "/kernel/net",
                                     base + "/kernel/net/failover.ko", base + "/kernel/net/virtio_net.ko",
                                     base + "/modules.alias", base + "/modules.builtin", base + "/modules.dep"));
    const auto out = unpacked();
    EXPECT_EQ(content(out + "/init"), program_for(EM_X86_64));
    EXPECT_EQ(content(out + "/" + base + "/modules.alias"),
              "alias fs-erofs erofs\nalias virtio:d00000001v* virtio_net\n");
    struct stat seen {};
    ASSERT_EQ(::stat((out + "/init").c_str(), &seen), 0);
    EXPECT_EQ(seen.st_mode & 07777U, 0755U);
    ASSERT_EQ(::stat((out + "/dev/console").c_str(), &seen), 0);
    EXPECT_TRUE(S_ISCHR(seen.st_mode));
    EXPECT_EQ(seen.st_rdev, makedev(5, 1));
}

TEST_F(InitramfsTest, TheSameInputIsTheSameBytes) {
    fs::create_directories(at("tree/b"));
    for (const auto* name : {"tree/z", "tree/a", "tree/b/x", "tree/b-y"}) write(name, name);
    ASSERT_EQ(make_with_modules({"--add", "/srv=" + at("tree")}).exit_code, 0);
    const auto first = content(at("image"));
    fs::last_write_time(at("tree/a"), fs::file_time_type{});
    fs::rename(at("tree"), at("moved"));
    ASSERT_EQ(make_with_modules({"--add", "/srv=" + at("moved")}).exit_code, 0);
    EXPECT_EQ(content(at("image")), first);
    const auto piped = run({"/bin/sh", "-c",
                            NLINIT_PROGRAM " initramfs --init " + at("init") + " --modules-from=" + at("root") +
                                " --add=/srv=" + at("moved") + " | cmp - " + at("image")});
    EXPECT_EQ(piped.exit_code, 0) << piped.output << piped.errors;
}

TEST_F(InitramfsTest, HoldsTheModulesThatAreNamed) {
    ASSERT_EQ(make_with_modules({"--modules", "other,virtio-pci"}).exit_code, 0);
    EXPECT_THAT(names(), AllOf(Contains("lib/modules/6.1.0-9/kernel/x/other.ko"),
                               Not(Contains("lib/modules/6.1.0-9/kernel/net/virtio_net.ko"))));
    ASSERT_EQ(make_with_modules({"--modules", "vm,other"}).exit_code, 0);
    EXPECT_THAT(names(), AllOf(Contains("lib/modules/6.1.0-9/kernel/x/other.ko"),
                               Contains("lib/modules/6.1.0-9/kernel/net/virtio_net.ko")));
    fs::remove(at("image"));
    expect_refused(make_with_modules({"--modules", "vm,none"}), InitramfsStatus::unfit,
                   at(kModules) + " has no module none, and it is not built into the kernel");
    expect_refused(make_with_modules({"--modules", "none,nil"}), InitramfsStatus::unfit,
                   at(kModules) + " has no module none, nil, and they are not built into the kernel");
}

TEST_F(InitramfsTest, HoldsTheConfigurationAndItsModules) {
    const auto config = write("my.toml",
                              "[system]\nmodules = [\"other a=1\", \"auto\"]\n[[mount]]\nsource = \"/dev/vdb\"\n"
                              "target = \"/data\"\ntype = \"erofs\"\n");
    ASSERT_EQ(make_with_modules({"--modules", "virtio_pci", "--config", config}).exit_code, 0);
    EXPECT_THAT(names(), AllOf(Contains("etc/nlinit.toml"), Contains("lib/modules/6.1.0-9/kernel/x/other.ko"),
                               Contains("lib/modules/6.1.0-9/kernel/fs/erofs.ko")));
    EXPECT_EQ(content(unpacked() + "/etc/nlinit.toml"), content(config));
}

TEST_F(InitramfsTest, HoldsTheModulesOfListsOfTypesAndOfShares) {
    const Words modules{"fat", "9pnet", "overlayfs"};
    std::string index, aliases;
    for (const auto& module : modules) {
        write(kModules + "/kernel/" + module + ".ko", module_for(EM_X86_64));
        index += "kernel/" + module + ".ko:\n";
    }
    write(kModules + "/modules.dep", index);
    write(kModules + "/modules.alias", "alias fs-vfat fat\nalias fs-9p 9pnet\nalias fs-overlay overlayfs\n");
    const std::string type = "[[mount]]\nsource = \"/dev/vdb\"\ntarget = \"/a\"\ntype = \"exfat,vfat\"\n";
    const std::string share = "[[mount]]\nsource = \"9p:share\"\ntarget = \"/a\"\n";
    const std::string root = "[root]\ndevice = \"9p:root\"\n";
    for (const auto& [config, module] : {std::pair(type, modules[0]), {share, modules[1]}, {root, modules[1]}}) {
        const auto made = make_with_modules(
            {"--modules", module == modules[0] ? modules[1] : modules[0], "--config", write("my.toml", config)});
        ASSERT_EQ(made.exit_code, 0) << made.errors;
        EXPECT_THAT(names(), AllOf(Contains("lib/modules/6.1.0-9/kernel/" + module + ".ko"),
                                   Not(Contains("lib/modules/6.1.0-9/kernel/overlayfs.ko"))))
            << config;
    }
}

TEST_F(InitramfsTest, AMistakeInTheConfigurationIsNamed) {
    const auto config = write("my.toml", "[system]\nmodule = \"x\"\n");
    const auto refused = make({"--config", config});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.errors, HasSubstr(config + ":2:1: unknown key 'module'"));
    EXPECT_FALSE(fs::exists(at("image")));
}

TEST_F(InitramfsTest, FindsModulesWhereDistributionsHaveThem) {
    for (const auto* directory : {"root/lib/modules", "root/lib/modules/6.1.0-9"}) {
        ASSERT_EQ(make({"--modules-from", at(directory), "--modules", "other"}).exit_code, 0) << directory;
        EXPECT_THAT(names(), Contains("lib/modules/6.1.0-9/kernel/x/other.ko"));
    }
    fs::create_directories(at("root/usr"));
    fs::rename(at("root/lib"), at("root/usr/lib"));
    ASSERT_EQ(make_with_modules({"--modules", "other"}).exit_code, 0);
    EXPECT_THAT(names(), Contains("lib/modules/6.1.0-9/kernel/x/other.ko"));
    fs::create_symlink("usr/lib", at("root/lib"));
    ASSERT_EQ(make_with_modules({"--modules", "other"}).exit_code, 0);
    fs::remove(at("root/lib"));
    fs::create_symlink("/usr/lib", at("root/lib"));  // as seen from within the root
    ASSERT_EQ(make_with_modules({"--modules", "other"}).exit_code, 0);
}

TEST_F(InitramfsTest, OfSeveralKernelsOneIsToBeNamed) {
    write("root/lib/modules/5.10.0/modules.dep", "");
    const auto modules = at("root/lib/modules");
    expect_refused(make_with_modules(), InitramfsStatus::unfit,
                   modules + " has modules of several kernels: choose one by --kernel, of 5.10.0, 6.1.0-9");
    expect_refused(make_with_modules({"--kernel", "6.2"}), InitramfsStatus::unfit,
                   modules + " has no modules of kernel '6.2', but of 5.10.0, 6.1.0-9");
    ASSERT_EQ(make_with_modules({"--kernel", "6.1.0-9"}).exit_code, 0);
    EXPECT_THAT(names(), Contains("lib/modules/6.1.0-9"));
}

TEST_F(InitramfsTest, SaysWhereThereAreNoModules) {
    fs::create_directories(at("empty"));
    expect_refused(make({"--modules-from", at("empty")}), InitramfsStatus::unfit,
                   at("empty") +
                       " has no kernel modules: there is no modules.dep in it, nor in lib/modules/VERSION or "
                       "usr/lib/modules/VERSION below it");
    fs::create_directories(at("host/etc/kernel"));
    expect_refused(make({"--modules-from", at("host"), "--kernel", "6.2"}), InitramfsStatus::unfit,
                   at("host") +
                       " has no kernel modules: there is no modules.dep in it, nor in lib/modules/VERSION or "
                       "usr/lib/modules/VERSION below it");
    expect_refused(make({"--modules-from", at("none")}), InitramfsStatus::unfit,
                   at("none") + ": No such file or directory");
    fs::create_directories(at("root/lib/modules/6.2"));
    expect_refused(
        make_with_modules({"--kernel", "6.2"}), InitramfsStatus::unfit,
        at("root/lib/modules/6.2") + " has no modules.dep, which depmod(8) makes: depmod -b " + at("root") + " 6.2");
    for (const std::string version : {"unpacked/usr/lib/modules/6.3", "bare/6.4"})
        fs::create_directories(at(version + "/kernel"));
    expect_refused(make({"--modules-from", at("unpacked")}), InitramfsStatus::unfit,
                   at("unpacked/usr/lib/modules/6.3") + " has no modules.dep, which depmod(8) makes: depmod -b " +
                       at("unpacked/usr") + " 6.3");
    expect_refused(make({"--modules-from", at("bare")}), InitramfsStatus::unfit,
                   at("bare/6.4") + " has no modules.dep, which depmod(8) makes");
}

TEST_F(InitramfsTest, ReadsNothingOutsideOfTheDirectory) {
    const auto index = at(kModules + "/modules.dep");
    for (const std::string name : {"../../../../out/other.ko", "/etc/other.ko"}) {
        write(kModules + "/modules.dep", name + ":\n");
        expect_refused(make_with_modules({"--modules", "other"}), InitramfsStatus::unfit,
                       index + " names '" + name + "', which leads out of its directory");
    }
    write(kModules + "/modules.dep", "kernel/x/other.ko:\n");
    write("outside.ko", module_for(EM_X86_64));
    fs::remove(at(kModules + "/kernel/x/other.ko"));
    fs::create_symlink(at("outside.ko"), at(kModules + "/kernel/x/other.ko"));
    expect_refused(make_with_modules({"--modules", "other"}), InitramfsStatus::unfit,
                   at(kModules + "/kernel/x/other.ko") + " leads out of " + at("root") + ", to " + at("outside.ko"));
    fs::remove_all(at("root/lib"));
    fs::create_directories(at("else/modules"));
    fs::create_symlink(at("else"), at("root/lib"));
    expect_refused(make_with_modules(), InitramfsStatus::unfit,
                   at("root") + "/lib/modules leads out of " + at("root") + ", to " + at("else/modules"));
}

TEST_F(InitramfsTest, NamesADependencyThatIsMissing) {
    fs::remove(at(kModules + "/kernel/net/failover.ko"));
    expect_refused(make_with_modules(), InitramfsStatus::unfit,
                   at(kModules + "/modules.dep") + " names 'kernel/net/failover.ko', which is not there");
}

TEST_F(InitramfsTest, WhatIsForAnotherMachineIsNamed) {
    write(kModules + "/kernel/net/failover.ko", module_for(EM_AARCH64));
    expect_refused(make_with_modules(), InitramfsStatus::unfit,
                   at(kModules + "/kernel/net/failover.ko") + " is for aarch64, and " + at("init") + " for x86-64");
    const auto other = write("program", program_for(EM_386));
    ASSERT_EQ(::chmod(other.c_str(), 0755), 0);
    const auto made = make({"--add", "/bin/x=" + other});
    EXPECT_EQ(made.exit_code, 0) << "a kernel of 64 bits may execute it";
    EXPECT_EQ(made.errors, "nlinit: initramfs: " + other + " is for i386, and " + at("init") +
                               " for x86-64: not every kernel executes it\n");
    EXPECT_THAT(names(), Contains("bin/x"));
    ASSERT_EQ(::chmod(other.c_str(), 0644), 0);
    EXPECT_THAT(make({"--add", "/data/x=" + other}).errors, IsEmpty()) << "nobody executes it";
}

TEST_F(InitramfsTest, WhatIsNoModuleIsNamed) {
    write(kModules + "/kernel/net/failover.ko", "text");
    expect_refused(make_with_modules(), InitramfsStatus::unfit,
                   at(kModules + "/kernel/net/failover.ko") + " is no kernel module");
}

TEST_F(InitramfsTest, WaitsForNobodyAtTheOtherEndOfAFifo) {
    ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
    expect_refused(make({"--init", at("fifo")}), InitramfsStatus::unfit, at("fifo") + " is no regular file");
    expect_refused(make({"--init", "/dev/zero"}), InitramfsStatus::unfit, "/dev/zero is no regular file");
    expect_refused(make({"--add", "/x=" + at("fifo")}), InitramfsStatus::unfit,
                   at("fifo") + " is neither a file nor a directory");
    fs::rename(at("fifo"), at("root/fifo"));
    fs::remove(at(kModules + "/kernel/net/failover.ko"));
    fs::create_symlink(at("root/fifo"), at(kModules + "/kernel/net/failover.ko"));
    expect_refused(make_with_modules(), InitramfsStatus::unfit, at("root/fifo") + " is no regular file");
}

TEST_F(InitramfsTest, WhatCannotStartIsNoInit) {
    const auto whole = program_for(EM_X86_64);
    for (const std::size_t size : {sizeof(Elf64_Ehdr), whole.size() - 1})
        expect_refused(make({"--init", write("cut", whole.substr(0, size))}), InitramfsStatus::unfit,
                       at("cut") + " is no whole program: its headers lead beyond its end");
    expect_refused(make({"--init", write("module", module_for(EM_X86_64))}), InitramfsStatus::unfit,
                   at("module") + " is no program");
    write(kModules + "/kernel/net/failover.ko", whole);
    expect_refused(make_with_modules(), InitramfsStatus::unfit,
                   at(kModules + "/kernel/net/failover.ko") + " is no kernel module");
    write(kModules + "/kernel/net/failover.ko", module_for(EM_X86_64).substr(0, 100));
    expect_refused(
        make_with_modules(), InitramfsStatus::unfit,
        at(kModules + "/kernel/net/failover.ko") + " is no whole kernel module: its headers lead beyond its end");
}

TEST_F(InitramfsTest, AProgramThatIsNotStaticIsNoInit) {
    const auto refused = run({NLINIT_PROGRAM, "initramfs", "--init", "/bin/sh", "--output", at("image")});
    EXPECT_EQ(refused.exit_code, 3);
    EXPECT_THAT(refused.errors, AllOf(HasSubstr("/bin/sh would not start in an initramfs, for it is not static and /"),
                                      HasSubstr(" is not in there\n")));
    expect_refused(make({"--init", write("text", "text")}), InitramfsStatus::unfit, at("text") + " is no program");
}

TEST_F(InitramfsTest, CompressedModulesNeedAKernelThatCanDecompressThem) {
    for (const auto* name : {"net/virtio_net", "net/failover", "fs/erofs", "x/other"})
        fs::rename(at(kModules + "/kernel/" + name + ".ko"), at(kModules + "/kernel/" + name + ".ko.xz"));
    write(kModules + "/modules.dep", "kernel/x/other.ko.xz:\n");
    const auto nobody_knows = make_with_modules({"--modules", "other"});
    EXPECT_EQ(nobody_knows.exit_code, 0);
    EXPECT_EQ(nobody_knows.errors,
              "nlinit: initramfs: module other is compressed, and kernel 6.1.0-9 has to decompress it: it needs "
              "CONFIG_MODULE_DECOMPRESS=y\n");
    write("root/boot/config-6.1.0-9", "CONFIG_MODULES=y\nCONFIG_MODULE_DECOMPRESS=y\n");
    const auto it_can = make_with_modules({"--modules", "other"});
    EXPECT_EQ(it_can.exit_code, 0);
    EXPECT_THAT(it_can.errors, IsEmpty());
    EXPECT_THAT(names(), Contains("lib/modules/6.1.0-9/kernel/x/other.ko.xz"));
    fs::remove(at("image"));
    const auto config = write(kModules + "/config", "CONFIG_MODULES=y\n# CONFIG_MODULE_DECOMPRESS is not set\n");
    expect_refused(make_with_modules({"--modules", "other"}), InitramfsStatus::unfit,
                   "module other is compressed, and kernel 6.1.0-9 does not decompress it: " + config +
                       " has no CONFIG_MODULE_DECOMPRESS=y: decompress the modules, and run depmod(8) again");
    fs::rename(at(kModules), at("root/lib/modules/5.10.0"));
    expect_refused(make_with_modules({"--modules", "other"}), InitramfsStatus::unfit,
                   "module other is compressed, and kernel 5.10.0 cannot decompress it, as kernels can from 5.17 on: "
                   "decompress the modules, and run depmod(8) again");
}

TEST_F(InitramfsTest, AddsFilesDirectoriesAndLinks) {
    write("tree/usr/lib/a", "a");
    fs::create_symlink("usr/lib", at("tree/lib"));
    fs::create_symlink("/etc/none", at("tree/loose"));
    write("secret", "s");
    ASSERT_EQ(::chmod(at("secret").c_str(), 0600), 0);
    ASSERT_EQ(::mkfifo(at("tree/fifo").c_str(), 0600), 0);
    ASSERT_EQ(make_with_modules(
                  {"--add", "/=" + at("tree"), "--add", "etc/deep//secret=" + at("secret"), "--modules", "other"})
                  .exit_code,
              0);
    // The modules are where the image's own /lib leads.
    EXPECT_THAT(names(), AllOf(Contains("usr/lib/modules/6.1.0-9/kernel/x/other.ko"), Contains("lib"),
                               Not(Contains("lib/modules"))));
    const auto out = unpacked();
    EXPECT_EQ(fs::read_symlink(out + "/lib"), "usr/lib");
    EXPECT_EQ(fs::read_symlink(out + "/loose"), "/etc/none");
    EXPECT_TRUE(fs::is_fifo(out + "/fifo"));
    EXPECT_EQ(content(out + "/usr/lib/a"), "a");
    EXPECT_EQ(fs::status(out + "/etc/deep/secret").permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(InitramfsTest, AFileOfSeveralNamesIsThereOnce) {
    write("tree/one", std::string(100000, 'x'));
    fs::create_hard_link(at("tree/one"), at("tree/two"));
    fs::create_hard_link(at("tree/one"), at("elsewhere"));
    ASSERT_EQ(make({"--add", "/tree=" + at("tree")}).exit_code, 0);
    EXPECT_LT(fs::file_size(at("image")), 110000U);
    const auto out = unpacked();
    EXPECT_EQ(fs::hard_link_count(out + "/tree/one"), 2U);
    EXPECT_TRUE(fs::equivalent(out + "/tree/one", out + "/tree/two"));
    EXPECT_EQ(fs::file_size(out + "/tree/two"), 100000U);
}

TEST_F(InitramfsTest, NoPathIsThereTwice) {
    const auto file = write("file", "x");
    const struct {
        Words added;
        std::string sentence;
    } kCases[] = {
        {{"/init=" + file}, "/init would be in the image twice"},
        {{"/a=" + file, "a=" + file}, "/a would be in the image twice"},
        {{"/a=" + file, "/a/b=" + file}, "/a/b cannot be in the image, where /a is no directory"},
        {{"/a/b=" + file, "/a=" + file}, "/a would be in the image twice"},
        {{"/TRAILER!!!=" + file}, "no archive can hold the path '/TRAILER!!!'"},
        {{"/..=" + file}, "'/..' is no path for a file of the image"},
    };
    for (const auto& [added, sentence] : kCases) {
        Words options;
        for (const auto& word : added) options.insert(options.end(), {"--add", word});
        expect_refused(make(options), InitramfsStatus::unfit, sentence);
    }
    expect_refused(make({"--add", "/a=" + at("none")}), InitramfsStatus::unfit,
                   at("none") + ": No such file or directory");
    fs::create_symlink("loop", at("loop"));
    expect_refused(make({"--add", "/a=" + at("loop")}), InitramfsStatus::unfit,
                   at("loop") + ": Too many levels of symbolic links");
}

TEST_F(InitramfsTest, WhatIsTooLargeForACpioIsRefused) {
    for (const auto* name : {"large", "half", "other_half"}) write(name, "");
    fs::resize_file(at("large"), std::uintmax_t{1} << 32);
    fs::resize_file(at("half"), std::uintmax_t{1} << 31);
    fs::resize_file(at("other_half"), std::uintmax_t{1} << 31);
    expect_refused(make({"--add", "/a=" + at("large")}), InitramfsStatus::unfit,
                   at("large") + " has 4 GiB or more, and no file of an initramfs can");
    const auto refused = make({"--add", "/a=" + at("half"), "--add", "/b=" + at("other_half")});
    EXPECT_EQ(refused.exit_code, 3);
    EXPECT_THAT(refused.errors, HasSubstr(" bytes: an initramfs has less than 4 GiB"));
}

TEST_F(InitramfsTest, WhatCannotBeWrittenHasAStatusOfItsOwn) {
    fs::create_directories(at("image"));
    auto refused = make({});
    EXPECT_EQ(refused.exit_code, 9);
    EXPECT_EQ(refused.errors, "nlinit: initramfs: write " + at("image") + ": Is a directory\n");
    fs::remove(at("image"));
    refused = run({NLINIT_PROGRAM, "initramfs", "--init", at("init"), "--output", "/dev/full"});
    EXPECT_EQ(refused.exit_code, 9);
    EXPECT_EQ(refused.errors, "nlinit: initramfs: write /dev/full: No space left on device\n");
    refused = run({NLINIT_PROGRAM, "initramfs", "--init", at("init"), "--output", at("none/image")});
    EXPECT_EQ(refused.exit_code, 9);
    EXPECT_THAT(refused.errors, HasSubstr("none/image"));
    fs::create_symlink("none", at("link"));
    refused = run({NLINIT_PROGRAM, "initramfs", "--init", at("init"), "--output", at("link")});
    EXPECT_EQ(refused.exit_code, 9);
    EXPECT_EQ(refused.errors, "nlinit: initramfs: " + at("link") +
                                  " is a link to a file that is not there: the link is kept, so name that file\n");
    EXPECT_EQ(fs::read_symlink(at("link")), "none");
}

TEST_F(InitramfsTest, TheFileThatIsReplacedKeepsItsModeAndItsLinks) {
    write("there/image", "old");
    ASSERT_EQ(::chmod(at("there/image").c_str(), 0600), 0);
    fs::create_symlink("there/image", at("image"));
    const auto made = make({});
    ASSERT_EQ(made.exit_code, 0) << made.errors;
    EXPECT_TRUE(fs::is_symlink(at("image")));
    EXPECT_THAT(names(), Contains("init"));
    EXPECT_EQ(fs::status(at("there/image")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

// As root sees them: of mode 0200, and of a size of 0.
TEST_F(InitramfsTest, WhatCannotBeReadIsFoundBeforeAnythingIsWritten) {
    expect_refused(make({"--add", "/x=/proc/sys/vm/drop_caches"}), InitramfsStatus::unfit,
                   "open /proc/sys/vm/drop_caches: Permission denied");
    expect_refused(make({"--add", "/x=/proc/version"}), InitramfsStatus::unfit,
                   "/proc/version does not tell its size, and an archive has to: add a copy of it");
    EXPECT_EQ(make({"--add", "/x=" + write("empty", "")}).exit_code, 0);
}

// The first byte says that all sizes are known, and the pipe does not hold what is before the file.
TEST_F(InitramfsTest, AFileThatGrowsWhileItIsReadIsNamed) {
    write("large", std::string(1 << 20, 'x'));
    write("log", "one line\n");
    ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
    const auto refused =
        run({"/bin/sh", "-c",
             "cd \"$1\" && { \"$0\" initramfs --init init --add /a=large --add /b=log --output fifo & } && "
             "{ head -c 1 && echo another >>log && cat; } <fifo >out; wait $!",
             NLINIT_PROGRAM, directory_.path()});
    expect_refused(refused, InitramfsStatus::not_written, "log has become longer while it was read");
}

TEST_F(InitramfsTest, TheConsoleIsADevice) {
    write("tree/dev/console", "");
    expect_refused(make({"--add", "/=" + at("tree")}), InitramfsStatus::unfit,
                   "/dev/console in the image has to be a character device: leave it out of what is added");
    fs::remove(at("tree/dev/console"));
    if (::mknod(at("tree/dev/console").c_str(), S_IFCHR | 0620, makedev(5, 1)) != 0)
        GTEST_SKIP() << "no devices can be made here";
    ASSERT_EQ(::chmod(at("tree/dev/console").c_str(), 0620), 0);
    ASSERT_EQ(make({"--add", "/=" + at("tree")}).exit_code, 0);
    struct stat seen {};
    ASSERT_EQ(::stat((unpacked() + "/dev/console").c_str(), &seen), 0);
    EXPECT_EQ(seen.st_mode, S_IFCHR | 0620U);
}

TEST_F(InitramfsTest, NothingExecutesAsRootThatDidNot) {
    const struct {
        const char* name;
        uid_t user;
        gid_t group;
        mode_t mode, in_image;
    } kFiles[] = {{"root", 0, 0, 06755, 06755},
                  {"group", 0, 1000, 06755, 04755},
                  {"plain", 1000, 1000, 0755, 0755},
                  {"user", 1000, 1000, 06755, 0755}};
    for (const auto& file : kFiles) {
        const auto path = write(std::string("tree/") + file.name, "x");
        if (::chown(path.c_str(), file.user, file.group) != 0) GTEST_SKIP() << "root alone gives files away";
        ASSERT_EQ(::chmod(path.c_str(), file.mode), 0);
    }
    EXPECT_EQ(make({"--add", "/bin/x=" + at("tree/user")}).errors,
              "nlinit: initramfs: set-user-ID and set-group-ID are taken from " + at("tree/user") +
                  ", for all files of an image are root's\n");
    const auto made = make({"--add", "/bin=" + at("tree")});
    EXPECT_EQ(made.exit_code, 0);
    EXPECT_THAT(made.errors, HasSubstr(" and 1 more, for all files"));
    const auto out = unpacked();
    for (const auto& file : kFiles) {
        struct stat seen {};
        ASSERT_EQ(::stat((out + "/bin/" + file.name).c_str(), &seen), 0);
        EXPECT_EQ(seen.st_mode & 07777U, file.in_image) << file.name;
    }
}

TEST_F(InitramfsTest, SaysThatTheModulesOfAConfigurationAreMissing) {
    const auto config = write("my.toml", "[system]\nmodules = [\"other a=1\", \"auto\"]\n");
    const auto made = make({"--config", config});
    EXPECT_EQ(made.exit_code, 0);
    EXPECT_EQ(made.errors,
              "nlinit: initramfs: " + config +
                  " names modules, as other, and the image has none: --modules-from says where they are\n");
    EXPECT_THAT(make({"--config", config, "--add", "/lib=" + at("root/lib")}).errors, IsEmpty());
    EXPECT_THAT(make_with_modules({"--config", config}).errors, IsEmpty());
}

TEST_F(InitramfsTest, AnIndexThatLeadsNowhereIsNamed) {
    fs::remove(at(kModules + "/modules.alias"));
    fs::create_symlink("none", at(kModules + "/modules.alias"));
    expect_refused(make_with_modules(), InitramfsStatus::unfit,
                   at(kModules + "/modules.alias") + ": No such file or directory");
}

TEST_F(InitramfsTest, ADiskThatIsFullKeepsTheOldImage) {
    ASSERT_EQ(make({}).exit_code, 0);
    const auto before = content(at("image"));
    write("large", std::string(1 << 20, 'x'));
    const auto refused =
        run({"/bin/sh", "-c", "ulimit -f 64; trap '' XFSZ; exec \"$0\" \"$@\"", NLINIT_PROGRAM, "initramfs", "--init",
             at("init"), "--output", at("image"), "--add", "/large=" + at("large")});
    EXPECT_EQ(refused.exit_code, 9);
    EXPECT_EQ(refused.errors, "nlinit: initramfs: write " + at("image") + ": File too large\n");
    EXPECT_EQ(content(at("image")), before);
    for (const auto& entry : fs::directory_iterator(directory_.path()))
        EXPECT_THAT(entry.path().filename().string(), Not(testing::StartsWith("image.")));
}

TEST_F(InitramfsTest, NamesTheOptionThatIsWrong) {
    const struct {
        Words words;
        std::string sentence;
    } kCases[] = {
        {{"--colour", "x"}, "has no option '--colour'"},
        {{"--module", "x"}, "has no option '--module': did you mean '--modules'?"},
        {{"image"}, "has no option 'image'"},
        {{"--output"}, "--output wants a file"},
        {{"--output="}, "--output wants a file, not ''"},
        {{"--add", "x"}, "--add wants PATH=FILE, not 'x'"},
        {{"--add", "=x"}, "--add wants PATH=FILE, not '=x'"},
        {{"--modules-from", "/", "--modules", "a/b"},
         "--modules wants names of modules with commas between them, or vm, not 'a/b'"},
        {{"--modules-from", "/", "--modules", ","},
         "--modules wants names of modules with commas between them, or vm, not ','"},
        {{"--modules", "a"}, "--modules and --kernel need --modules-from: where the modules are"},
        {{"--kernel", "6.1"}, "--modules and --kernel need --modules-from: where the modules are"},
    };
    for (const auto& [words, sentence] : kCases) EXPECT_EQ(test::sentence(parse_initramfs_options(words)), sentence);
}

}  // namespace
}  // namespace nlinit::app
