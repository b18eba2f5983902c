// SPDX-License-Identifier: Apache-2.0
// What `nlinit check --root` finds in a root before its first boot.
#include "app/tool/root_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/namespaces.hpp"
#include "support/program.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::app {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kConfig =
    "profile = \"minimal\"\n[payload]\ncommand = [\"/srv/app/run\"]\nuser = \"www:media\"\n"
    "cwd = \"/srv/app\"\n";

class RootCheckTest : public ::testing::Test {
  protected:
    // A root in which nothing is wrong.
    void SetUp() override {
        // LeakSanitizer wants /proc of the program that it looks at, whose root this is.
        ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
        for (const char* name : {"proc", "sys", "dev", "run", "tmp", "etc", "bin", "lib64", "srv/app", "data",
                                 "lib/modules/6.1.0-9/kernel"})
            fs::create_directories(root(name));
        write("etc/passwd", "root:x:0:0::/root:\nwww:x:1000:1000::/home/www:\n");
        write("etc/group", "root:x:0:\nmedia:x:44:\n");
        write("srv/app/run", "#!/bin/true --fast\n");
        ::chmod(root("srv/app/run").c_str(), 0755);
        fs::copy_file("/bin/true", root("bin/true"));
        write("lib/modules/6.1.0-9/modules.dep",
              "kernel/virtio_net.ko.xz: kernel/failover.ko.xz\nkernel/failover.ko.xz:\nkernel/virtiofs.ko:\n");
        write("lib/modules/6.1.0-9/modules.builtin", "kernel/fs/ext4/ext4.ko\n");
        const auto head = test_loader();
        fs::create_directories(root(fs::path(head).parent_path().relative_path().string()));
        fs::copy_file(head, root(fs::path(head).relative_path().string()), fs::copy_options::skip_existing);
    }
    void TearDown() override { ::unsetenv("ASAN_OPTIONS"); }
    // Of this machine's own programs.
    static std::string test_loader() {
        for (const char* loader : {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"})
            if (fs::exists(loader)) return loader;
        return {};
    }
    [[nodiscard]] std::string root(const std::string& name) const { return directory_ / "root/" + name; }
    void write(const std::string& name, const std::string& text) const { std::ofstream(root(name)) << text; }
    test::Finished check(const std::string& config, std::vector<std::string> options = {}) {
        file_ = directory_ / "nlinit.toml";
        std::ofstream(file_) << config;
        std::vector<std::string> words{NLINIT_PROGRAM, "check", "--root", directory_ / "root"};
        words.insert(words.end(), options.begin(), options.end());
        words.push_back(file_);
        test::Program program(loop_, words, {.network = &network_});
        return program.wait();
    }
    // The one sentence, without the file's name.
    std::string fault(const std::string& config, std::vector<std::string> options = {}) {
        const auto finished = check(config, std::move(options));
        EXPECT_EQ(finished.exit_code, 2) << finished.output << finished.errors;
        auto text = finished.output;
        EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text << finished.errors;
        if (text.starts_with(file_)) text.erase(0, file_.size());
        if (text.ends_with('\n')) text.pop_back();
        return text;
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::NetworkNamespace network_;
    test::TemporaryDirectory directory_;
    std::string file_;
};

TEST_F(RootCheckTest, ARootInWhichAllIsThereIsFine) {
    const auto finished = check(kConfig +
                                "[system]\nmodules = [\"virtio-net napi_tx=0\", \"ext4\"]\n"
                                "[[mount]]\nsource = \"tag\"\ntarget = \"/data\"\ntype = \"virtiofs\"\n");
    EXPECT_EQ(finished.output, file_ + ": fine\n") << finished.errors;
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.errors, IsEmpty());
}

TEST_F(RootCheckTest, APayloadThatIsNotThereIsNamed) {
    fs::remove(root("srv/app/run"));
    EXPECT_EQ(fault(kConfig), ":3:1: '/srv/app/run' is not there");
    EXPECT_EQ(fault("payload.command = [\"none-such\"]\n"), ":1:9: 'none-such' is in no directory of PATH");
    EXPECT_EQ(fault("profile = \"minimal\"\n", {"--cmdline", "quiet -- /sbin/none"}),
              "kernel command line --: '/sbin/none' is not there");
}

TEST_F(RootCheckTest, WhatIsThereAndCannotBeExecutedIsNamed) {
    ::chmod(root("srv/app/run").c_str(), 0644);
    EXPECT_EQ(fault(kConfig), ":3:1: '/srv/app/run': it is not executable");
    ::chmod(root("srv/app/run").c_str(), 0700);
    EXPECT_THAT(fault(kConfig), HasSubstr("'/srv/app/run': user 1000 may not execute it (mode 0700"));
    write("srv/app/run", "no program");
    ::chmod(root("srv/app/run").c_str(), 0755);
    EXPECT_THAT(fault(kConfig), HasSubstr("it is no program, and a script begins with #!"));
}

TEST_F(RootCheckTest, AnInterpreterOrLoaderThatIsNotThereIsNamed) {
    write("srv/app/run", "#!/bin/bash\n");
    EXPECT_EQ(fault(kConfig), ":3:1: '/srv/app/run': its interpreter '/bin/bash' is not there");
    write("srv/app/run", "#! /bin/true\r\n");
    EXPECT_THAT(fault(kConfig), EndsWith("is not there (the line ends with a carriage return)"));
    write("srv/app/run", "#!/bin/true\n");
    fs::remove(root(fs::path(test_loader()).relative_path().string()));
    EXPECT_EQ(fault(kConfig), ":3:1: '/bin/true': its loader '" + test_loader() + "' is not there");
}

constexpr int kLoaderFailed = 127;  // ld.so(8) ran, and that root has no libraries

// The status of a program in that root, or errno of execve(2).
int run_in(const std::string& root, const char* program) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(STDERR_FILENO);
        if (::chroot(root.c_str()) == 0 && ::chdir("/") == 0) ::execl(program, program, nullptr);
        ::_exit(errno);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

// The kernel that runs the test is asked as well.
TEST_F(RootCheckTest, ScriptsThatRunEachOtherTooDeeplyAreNamed) {
    const auto make = [&](const std::string& name, const std::string& interpreter) {
        write(name, "#!" + interpreter + "\n");
        ::chmod(root(name).c_str(), 0755);
    };
    const std::string deep = ":1:9: '/bin/s6': its interpreters are nested too deeply, or in a circle";
    for (int i = 1; i <= 8; ++i)
        make("bin/s" + std::to_string(i), i == 1 ? "/bin/true" : "/bin/s" + std::to_string(i - 1));
    EXPECT_EQ(check("payload.command = [\"/bin/s5\"]\n").exit_code, 0);
    EXPECT_EQ(fault("payload.command = [\"/bin/s6\"]\n"), deep);
    EXPECT_THAT(fault("payload.command = [\"/bin/s8\"]\n"), HasSubstr("nested too deeply"));
    EXPECT_EQ(run_in(root(""), "/bin/s5"), kLoaderFailed);
    EXPECT_EQ(run_in(root(""), "/bin/s6"), ELOOP);
    make("bin/s6", "/bin/s6");
    EXPECT_EQ(fault("payload.command = [\"/bin/s6\"]\n"), deep);
}

TEST_F(RootCheckTest, AnInterpreterIsLookedForAndExecutedAsTheKernelDoes) {
    write("srv/app/run", "#!../bin/true\n");
    EXPECT_EQ(fault(kConfig), ":3:1: '/srv/app/run': its interpreter '../bin/true' is not there");
    write("srv/app/run", "#!../../bin/true\n");
    EXPECT_EQ(check(kConfig).exit_code, 0);
    ::chmod(root("bin/true").c_str(), 0700);
    EXPECT_THAT(fault(kConfig), HasSubstr(": user 1000 may not execute it (mode 0700"));
    ::chmod(root("bin/true").c_str(), 0755);
    write("srv/app/run", "#!/" + std::string(300, 'x') + "\n");
    EXPECT_THAT(fault(kConfig), HasSubstr("its interpreter's name does not end within 256 bytes"));
    write("srv/app/run", "#!/bin/true " + std::string(300, 'x') + "\n");
    EXPECT_EQ(check(kConfig).exit_code, 0);
}

TEST_F(RootCheckTest, AProgramOfAnotherArchitectureIsNamed) {
    std::ifstream file("/bin/true", std::ios::binary);
    std::string program{std::istreambuf_iterator<char>(file), {}};
    program[18] = static_cast<char>(0xf3);  // EM_RISCV
    write("bin/true", program);
    EXPECT_THAT(fault(kConfig), HasSubstr("'/bin/true': it is a program for riscv, and this root is for "));
    // A root of that architecture, as its init says.
    fs::create_directory(root("sbin"));
    write("sbin/nlinit", program);
    EXPECT_THAT(fault(kConfig), HasSubstr("this root is for riscv"));  // the loader is not
    write(fs::path(test_loader()).relative_path().string(), program);
    EXPECT_EQ(check(kConfig).exit_code, 0);
}

TEST_F(RootCheckTest, AUserOrGroupThatTheRootDoesNotHaveIsNamed) {
    write("etc/group", "root:x:0:\n");
    EXPECT_EQ(fault(kConfig), ":4:1: group 'media' is not in /etc/group");
    write("etc/passwd", "root:x:0:0::/root:\n");
    EXPECT_EQ(fault(kConfig), ":4:1: user 'www' is not in /etc/passwd");
}

TEST_F(RootCheckTest, AWorkingDirectoryThatIsNotThereIsNamed) {
    const std::string config = "[payload]\ncommand = [\"/bin/true\"]\ncwd = ";
    EXPECT_EQ(fault(config + "\"/srv/none\"\n"), ":3:1: there is no directory '/srv/none'");
    EXPECT_EQ(fault(config + "\"/bin/true\"\n"), ":3:1: '/bin/true' is no directory");
    fs::create_directory(root("closed"));
    ::chmod(root("closed").c_str(), 0700);
    EXPECT_EQ(fault(config + "\"/closed\"\nuser = \"www\"\n"),
              ":3:1: user 1000 may not enter /closed (mode 0700, of user 0 and group 0)");
    EXPECT_EQ(check(config + "\"/closed\"\n").exit_code, 0);
    EXPECT_EQ(check(config + "\"/srv/none\"\n[[directory]]\npath = \"/srv/none/below\"\n").exit_code, 0);
}

TEST_F(RootCheckTest, AMountPointThatAReadOnlyRootDoesNotHaveIsNamed) {
    const std::string rows =
        "[[mount]]\nsource = \"tmpfs\"\ntarget = \"/cache\"\ntype = \"tmpfs\"\n"
        "[[mount]]\nsource = \"tmpfs\"\ntarget = \"/cache/below\"\ntype = \"tmpfs\"\n";
    EXPECT_EQ(fault("profile = \"minimal\"\n" + rows, {"--cmdline", "root=/dev/vda ro"}),
              ":2:1: there is no /cache to mount on, and none can be made on a read-only root");
    EXPECT_EQ(check("profile = \"minimal\"\n" + rows, {"--cmdline", "root=/dev/vda rw"}).exit_code, 0);
    EXPECT_EQ(
        fault("profile = \"minimal\"\n" + rows, {"--cmdline", "root=/dev/vda rw nlinit.overlay=tmpfs"}),
        "kernel command line nlinit.overlay=: kernel 6.1.0-9 has no overlay, neither as a module of this root nor "
        "built in");
    fs::remove(root("proc"));
    fs::create_directory(root("cache"));
    const std::string parameters = "root=/dev/vda rootfstype=erofs rw";
    EXPECT_THAT(fault("profile = \"minimal\"\n" + rows, {"--cmdline", parameters + " init=/sbin/nlinit"}),
                HasSubstr("there is no /proc to mount on"));
    EXPECT_EQ(fault("profile = \"minimal\"\n" + rows, {"--cmdline", parameters}),
              "kernel command line root=: kernel 6.1.0-9 has no overlay, neither as a module of this root nor built in")
        << "memory is laid over such a root, where an initramfs leads to it";
}

TEST_F(RootCheckTest, WhatRowsWouldMakeIsNotThereOnAReadOnlyRoot) {
    const std::string begin =
        "profile = \"minimal\"\n[root]\ndevice = \"/dev/vda\"\ntype = \"ext4\"\nread_only = true\n";
    const std::string rows =
        "[[directory]]\npath = \"/none/x/y\"\n"
        "[[mount]]\nsource = \"tmpfs\"\ntarget = \"/none\"\ntype = \"tmpfs\"\n";
    EXPECT_THAT(fault(begin + rows), HasSubstr("there is no /none to mount on, and none can be made"));
    fs::create_directory(root("none"));
    EXPECT_EQ(check(begin + rows).exit_code, 0);
    EXPECT_THAT(fault(begin + "[payload]\ncommand = [\"/bin/true\"]\ncwd = \"/srv/none\"\n"
                              "[[directory]]\npath = \"/srv/none/below\"\n"),
                HasSubstr("there is no directory '/srv/none'"));
    fs::remove(root("dev"));
    const std::vector<std::string> by_kernel{"--cmdline", "init=/sbin/nlinit"};
    EXPECT_THAT(fault(begin, by_kernel), HasSubstr("there is no /dev to mount on"));
    EXPECT_THAT(fault("[root]\ndevice = \"/dev/vda\"\ntype = \"erofs\"\n", by_kernel),
                HasSubstr("there is no /dev to mount on"));
}

TEST_F(RootCheckTest, AModuleThatTheRootDoesNotHaveIsNamed) {
    EXPECT_EQ(fault("[system]\nmodules = [\"virtio_net\", \"virtio_blk\"]\n"),
              ":2:1: module virtio_blk: not in /lib/modules/6.1.0-9/modules.dep");
    EXPECT_EQ(check("system.modules = [\"auto\"]\n").exit_code, 0);
    EXPECT_EQ(fault("[[mount]]\nsource = \"tag\"\ntarget = \"/data\"\ntype = \"9p\"\n"),
              ":1:1: kernel 6.1.0-9 has no 9p, neither as a module of this root nor built in");
    EXPECT_EQ(fault("system.modules = [\"virtio_net\"]\n", {"--kernel", "6.5.0"}),
              ":1:8: module virtio_net: there is no /lib/modules/6.5.0 for this kernel, but modules of 6.1.0-9");
    fs::create_directories(root("lib/modules/6.5.0"));
    write("lib/modules/README", "no kernel");
    EXPECT_EQ(check("system.modules = [\"virtio_net\"]\n").exit_code, 0);  // no kernel's either
    write("lib/modules/6.5.0/modules.dep", "");
    EXPECT_EQ(check("profile = \"minimal\"\n").exit_code, 0);  // which needs no module
    EXPECT_EQ(check("system.modules = [\"virtio_net\"]\n").output,
              "/lib/modules is for kernels 6.1.0-9 to 6.5.0: --kernel says which one boots\n");
    EXPECT_EQ(check("system.modules = [\"virtio_net\"]\n", {"--kernel", "6.1.0-9"}).exit_code, 0);
    for (const std::string release : {"", ".", "..", "6.1.0-9/kernel"})
        EXPECT_THAT(check("profile = \"minimal\"\n", {"--kernel", release}).errors,
                    HasSubstr("--kernel wants the release of a kernel, as 6.1.0-9, and not '" + release + "'"));
}

TEST_F(RootCheckTest, AFilesystemIsFoundUnderTheNameOfItsModule) {
    write("lib/modules/6.1.0-9/modules.builtin",
          "kernel/fs/ext4/ext4.ko\nkernel/fs/isofs/isofs.ko\nkernel/fs/fuse/fuse.ko\n");
    const auto row = [](const std::string& type) {
        return "profile = \"minimal\"\n[[mount]]\nsource = \"any\"\ntarget = \"/data\"\ntype = \"" + type + "\"\n";
    };
    for (const char* type : {"ext2", "ext3", "ext4", "iso9660", "fuse", "fuse.sshfs", "fuseblk", "fusectl", "selinuxfs",
                             "smackfs", "resctrl"})
        EXPECT_EQ(check(row(type)).exit_code, 0) << type << check(row(type)).output;
    for (const char* type : {"xfs", "cifs.x", "configfs"})
        EXPECT_THAT(fault(row(type)), HasSubstr(std::string("kernel 6.1.0-9 has no ") + type + ", neither"));
    write("lib/modules/6.1.0-9/modules.builtin", "kernel/fs/xfs/xfs.ko\n");
    for (const char* type : {"ext3", "iso9660", "fuse.sshfs"})
        EXPECT_THAT(fault(row(type)), HasSubstr(std::string("kernel 6.1.0-9 has no ") + type + ", neither"));
}

TEST_F(RootCheckTest, AFileIsNoMountPointButForABind) {
    write("data/file", "");
    const std::string row = "profile = \"minimal\"\n[[mount]]\ntarget = \"/data/file\"\nsource = ";
    EXPECT_EQ(fault(row + "\"tmpfs\"\ntype = \"tmpfs\"\n"), ":2:1: /data/file is no directory to mount on");
    EXPECT_EQ(check(row + "\"/etc/passwd\"\noptions = \"bind\"\n").output, file_ + ": fine\n");
}

TEST_F(RootCheckTest, WhatCannotBeLookedAtIsNotCalledAbsent) {
    fs::create_symlink("circle", root("circle"));
    const std::string why = "cannot be looked at: Too many levels of symbolic links";
    EXPECT_EQ(fault("payload.command = [\"/circle\"]\n"), ":1:9: '/circle': it " + why);
    EXPECT_EQ(fault("[payload]\ncommand = [\"/bin/true\"]\ncwd = \"/circle\"\n"), ":3:1: '/circle' " + why);
    EXPECT_EQ(fault("[[mount]]\nsource = \"tmpfs\"\ntarget = \"/circle\"\ntype = \"tmpfs\"\n"), ":1:1: /circle " + why);
    write("srv/app/run", "#!/circle\n");
    EXPECT_EQ(fault(kConfig), ":3:1: '/srv/app/run': its interpreter '/circle' " + why);
}

// Copied to where that user comes to: the tests may lie in a home that is closed.
TEST_F(RootCheckTest, AUserWhoMayNotLookIsToldSo) {
    const std::string program = directory_ / "nlinit";
    fs::copy_file(NLINIT_PROGRAM, program);
    std::ofstream(directory_ / "nlinit.toml") << kConfig;
    ::chmod(directory_.path().c_str(), 0755);
    ::chmod(root("srv").c_str(), 0700);
    test::Program check(loop_,
                        {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "check",
                         "--root", directory_ / "root", directory_ / "nlinit.toml"},
                        {.network = &network_});
    const auto finished = check.wait();
    EXPECT_EQ(finished.exit_code, 2) << finished.errors;
    EXPECT_THAT(finished.output, AllOf(HasSubstr("'/srv/app' cannot be looked at: Permission denied"),
                                       HasSubstr("'/srv/app/run': it cannot be looked at: Permission denied"),
                                       Not(HasSubstr("not there"))));
}

TEST_F(RootCheckTest, ALinkMayLeadIntoAMount) {
    const std::string config =
        "profile = \"minimal\"\n[[mount]]\nsource = \"tmpfs\"\ntarget = \"/mnt\"\ntype = \"tmpfs\"\n[payload]\n";
    fs::create_directory(root("mnt"));
    fs::create_symlink("data/../mnt/bin", root("opt"));
    fs::create_symlink("/opt", root("usr"));
    EXPECT_EQ(check(config + "command = [\"/usr/app\"]\ncwd = \"/usr/work\"\n").output, file_ + ": fine\n");
    write("srv/app/run", "#!/opt/app\n");
    EXPECT_EQ(check(config + "command = [\"/srv/app/run\"]\n").output, file_ + ": fine\n");
    fs::remove(root("opt"));
    fs::create_symlink("mnt/../data", root("opt"));
    EXPECT_THAT(fault("payload.command = [\"/usr/app\"]\n"), HasSubstr("'/usr/app' is not there"));
}

TEST_F(RootCheckTest, NoPathLeadsOutOfTheRoot) {
    fs::remove_all(root("srv"));
    fs::create_directory(root("srv"));
    std::ofstream(directory_ / "outside") << "#!/bin/true\n";
    ::chmod((directory_ / "outside").c_str(), 0755);
    for (const auto& target : std::vector<std::string>{directory_ / "outside", "../../outside"}) {
        fs::create_directories(root("srv/app"));
        fs::remove(root("srv/app/run"));
        fs::create_symlink(target, root("srv/app/run"));
        EXPECT_EQ(fault(kConfig), ":3:1: '/srv/app/run' is not there");
    }
    fs::remove(root("srv/app/run"));
    fs::create_symlink("/../../bin/true", root("srv/app/run"));  // which is within
    EXPECT_EQ(check(kConfig).exit_code, 0);
}

TEST_F(RootCheckTest, ThePayloadOfAnImageIsLookedAt) {
    write("config.json", R"({"config": {"Cmd": ["app", "x"], "Env": ["PATH=/srv/app", "X"], "User": "nobody",
                             "WorkingDir": "/none", "Volumes": {"/data": {}}}})");
    const auto finished = check("payload.oci = \"/config.json\"\n");
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.output, AllOf(HasSubstr("/config.json: '/config/Env/1' must be NAME=VALUE, not 'X'"),
                                       HasSubstr("/config.json:/config/Cmd: 'app' is in no directory of PATH"),
                                       HasSubstr("/config.json:/config/User: user 'nobody' is not in /etc/passwd"),
                                       Not(HasSubstr("none"))));
    EXPECT_THAT(finished.errors, HasSubstr("not obeyed: /config/Volumes"));
    EXPECT_THAT(fault("payload.oci = \"/other.json\"\n"), HasSubstr("read /other.json: No such file or directory"));
}

TEST_F(RootCheckTest, WithoutAFileThatOfTheRootIsLookedAt) {
    const auto run = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {NLINIT_PROGRAM, "check", "--root", root("")});
        test::Program program(loop_, words, {.network = &network_});
        return program.wait();
    };
    EXPECT_EQ(run({}).output, root("") + ": fine\n");
    EXPECT_EQ(run({"--cmdline", "-- /none"}).output, "kernel command line --: '/none' is not there\n");
    fs::create_directories(root("etc"));
    write("etc/nlinit.toml", "[payload]\ncommand = [\"/srv/none\"]\n");
    const auto finished = run({});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_EQ(finished.output, "/etc/nlinit.toml:2:1: '/srv/none' is not there\n");
}

TEST_F(RootCheckTest, ParametersAreLookedAtWithoutARootToo) {
    const auto run = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {NLINIT_PROGRAM, "check"});
        test::Program program(loop_, words, {.network = &network_});
        return program.wait();
    };
    static_cast<void>(check("profile = \"minimal\"\n"));
    EXPECT_EQ(run({"--cmdline", "nlinit.log=loud", file_}).output,
              "nlinit.log='loud' is wrong: it must be debug, info, warning or error\n");
    for (const auto& words : std::vector<std::vector<std::string>>{
             {}, {"--root"}, {"--kernel", "6", file_}, {"--root", "", file_}, {"--else", file_}, {file_, file_}}) {
        EXPECT_EQ(run(words).exit_code, 2);
        EXPECT_THAT(run(words).errors, HasSubstr("wants one file, and before it --root DIRECTORY"));
    }
    EXPECT_THAT(run({"--root", "/none/such", file_}).errors, HasSubstr("look into /none/such: No such file"));
}

}  // namespace
}  // namespace nlinit::app
