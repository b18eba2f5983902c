// SPDX-License-Identifier: Apache-2.0
// A report of a boot from elsewhere: read, and shown as table and picture.
#include <cstdlib>

#include "nlinit/base/text.hpp"
#include "nlinit/record/boot_record.hpp"
#include "nlinit/record/boot_table.hpp"
#include "nlinit/record/boot_timeline.hpp"

namespace {

using namespace nlinit;

// Nothing that a terminal obeys and nothing that XML forbids comes through, whatever the names hold.
void check_lines(const std::string& text) {
    std::size_t start = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
        const auto line = text.substr(start, end - start);
        if (printable(line) != line) std::abort();
        start = end + 1;
    }
    if (start != text.size()) std::abort();
}

// Every bracket of XML is ours: those of texts are escaped, so they close in the order in which they open.
void check_svg(const std::string& svg) {
    bool in_tag = false;
    for (const char c : svg) {
        if ((c == '<' && in_tag) || (c == '>' && !in_tag)) std::abort();
        if (c == '<' || c == '>') in_tag = c == '<';
    }
    if (in_tag || !svg.starts_with("<svg ") || !svg.ends_with("</svg>\n")) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto record = record::read_boot_record(std::string(data, data + size));
    if (!record.ok()) {
        if (record.error().what.find('\n') != std::string::npos) std::abort();
        return 0;
    }
    const auto table = record::boot_table(**record);
    check_lines(table);
    const auto svg = record::boot_timeline(**record);
    check_lines(svg);
    check_svg(svg);
    return 0;
}
