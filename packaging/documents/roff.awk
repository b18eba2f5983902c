# SPDX-License-Identifier: Apache-2.0
# Text for roff: what the other programs of awk here share.

# roff(TEXT): its characters as they are to be seen. `-` in an option or in code is the sign of ASCII that can be copied.
function roff(text, is_code) {
    gsub(/\\/, "\\e", text)
    gsub(/…/, "...", text)
    gsub(/←/, "\\(<-", text)
    gsub(/→/, "\\(->", text)
    gsub(/↔/, "\\(<>", text)
    gsub(/≥/, "\\(>=", text)
    gsub(/≤/, "\\(<=", text)
    gsub(/–/, "\\(en", text)
    gsub(/\^/, "\\(ha", text)
    gsub(/~/, "\\(ti", text)
    gsub(/`/, "\\(ga", text)
    if (is_code) gsub(/'/, "\\(aq", text)
    if (is_code) gsub(/-/, "\\-", text)
    return is_code ? text : with_options(text)
}

# Words of prose that begin with a `-` are options.
function with_options(text, rest, word, start, length_here) {
    while (match(text, /(^|[ ([])-[-a-zA-Z0-9]+/)) {
        start = RSTART
        length_here = RLENGTH
        word = substr(text, start, length_here)
        gsub(/-/, "\\-", word)
        rest = rest substr(text, 1, start - 1) word
        text = substr(text, start + length_here)
    }
    return rest text
}

# safe(LINE): no control line, whatever it begins with.
function safe(line) { return line ~ /^[.']/ ? "\\\\&" line : line }

# typed(TEXT): a command line as manuals show it: what is typed as it stands in bold, what stands for something in
# italics.
function typed(text, result, word) {
    while (match(text, /[A-Za-z0-9][-A-Za-z0-9.\/]*|--?[a-zA-Z0-9][-a-zA-Z0-9]*/)) {
        word = substr(text, RSTART, RLENGTH)
        result = result roff(substr(text, 1, RSTART - 1), 1)
        text = substr(text, RSTART + RLENGTH)
        if (match(word, /[.]+$/) && word !~ /^-/) { # "OPTION...": the dots are nobody's
            text = substr(word, RSTART) text
            word = substr(word, 1, RSTART - 1)
        }
        result = result (word ~ /^[A-Z][-A-Z]*$/ && word !~ /^[A-Z]$/ || word ~ /^[A-Z]$/ ? "\\fI" : "\\fB") roff(word, 1) "\\fR"
    }
    return result roff(text, 1)
}
