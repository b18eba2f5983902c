// Kernel modules: what modprobe does with a name, by finit_module(2).
#pragma once

#include <string>
#include <vector>

#include "nlinit/base/result.hpp"

namespace nlinit::sys {

// Loads modules of /lib/modules/RELEASE with what they depend on (modules.dep), reading that file once. Names are as in
// lsmod: '-' and '_' are the same. Built in (modules.builtin) or loaded already is fine. Compressed modules are handed
// to the kernel (MODULE_INIT_COMPRESSED_FILE). Without modules.dep the module NAME.ko is looked for below the
// directory.
class ModuleLoader {
  public:
    // directory: empty for /lib/modules/ and uname(2)'s release.
    explicit ModuleLoader(std::string directory = {});
    [[nodiscard]] Result<> load(const std::string& name);

  private:
    [[nodiscard]] Result<> read_index();
    [[nodiscard]] Result<> insert(const std::string& file) const;

    struct Entry {
        std::string name, file;                 // file relative to the directory
        std::vector<std::string> dependencies;  // files, in the order of modules.dep
    };
    std::string directory_;
    std::vector<Entry> entries_;
    std::vector<std::string> builtin_;
    bool index_read_ = false;
};

}  // namespace nlinit::sys
