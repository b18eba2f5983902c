#include "nlinit/app/boot_steps.hpp"

#include "nlinit/boot/file_plan.hpp"
#include "nlinit/sys/binfmt.hpp"
#include "nlinit/sys/cgroup.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/mount.hpp"
#include "nlinit/sys/settings.hpp"

namespace nlinit::app {
namespace {

// A fresh tmpfs on /etc or /var has none of the directories that a row's path goes through.
Result<> make_parent(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == 0 || slash == std::string::npos ? Result<>{} : sys::make_directories(path.substr(0, slash));
}

struct Hands {
    Result<> operator()(const boot::MountRow& row) const { return sys::mount(row); }
    Result<> operator()(const boot::MountCgroup&) const { return sys::mount_cgroup(); }
    Result<> operator()(const boot::SetHostname& step) const { return sys::set_hostname(step.name); }
    Result<> operator()(const boot::WriteHosts&) const {
        return sys::write_file(std::string(boot::kHostsPath), boot::hosts_content(sys::hostname()));
    }
    Result<> operator()(const boot::WriteResolvConf& step) const {
        return sys::write_file(std::string(boot::kResolvConfPath),
                               boot::resolv_conf_content(step.name_servers, step.search_domains));
    }
    Result<> operator()(const config::File& file) const {
        if (auto made = make_parent(file.path); !made.ok()) return made;
        return sys::write_file(file.path, file.content, file.mode);
    }
    Result<> operator()(const config::Directory& directory) const {
        return sys::make_directories(directory.path, directory.mode);
    }
    Result<> operator()(const config::Symlink& link) const {
        if (link.if_exists && !sys::exists(link.target)) return {};
        if (link.keep_existing && sys::exists(link.path)) return {};
        if (auto made = make_parent(link.path); !made.ok()) return made;
        return sys::make_symlink(link.path, link.target);
    }
    Result<> operator()(const config::Binfmt& binfmt) const { return sys::register_binfmt(binfmt); }
    Result<> operator()(const boot::SetSysctl& step) const { return sys::write_sysctl(step.key, step.value); }
    Result<> operator()(const config::Rlimit& limit) const { return sys::raise_rlimit(limit); }
};

}  // namespace

Result<> carry_out(const boot::Work& work) {
    return std::visit(Hands{}, work);
}

}  // namespace nlinit::app
