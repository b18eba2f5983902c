# SPDX-License-Identifier: Apache-2.0
# Markdown, as far as the documents here use it, as the body of a manual: awk -f roff.awk -f markdown.awk
# `##` are sections and `###` subsections; a table becomes a list with what its first column says as the tags, in which
# "key | type | default | meaning" are "type, default default: meaning". What is fenced as ```roff stands as it is.

# inline(TEXT): code in bold, links without where they lead.
function inline(text, result, at, word) {
    while (match(text, /\[[^]`]*(`[^`]*`)?[^]`]*\]\([^)]*\)/)) {
        word = substr(text, RSTART + 1, RLENGTH - 2)
        sub(/\]\([^)]*$/, "", word)
        text = substr(text, 1, RSTART - 1) word substr(text, RSTART + RLENGTH)
    }
    while ((at = index(text, "`")) > 0) {
        result = result prose(substr(text, 1, at - 1))
        text = substr(text, at + 1)
        at = index(text, "`")
        if (at == 0) fail("a backquote has no other: " text)
        result = result "\\fB" roff(substr(text, 1, at - 1), 1) "\\fR"
        text = substr(text, at + 1)
    }
    return result prose(text)
}
# Bold between `**`, italics between `*`: what stands between is every second field.
function prose(text, strong, parts, count, strong_count, i, j, result) {
    strong_count = split(text, strong, /\*\*/)
    for (i = 1; i <= strong_count; ++i) {
        if (i % 2 == 0) {
            result = result "\\fB" roff(strong[i], 0) "\\fR"
            continue
        }
        count = split(strong[i], parts, /\*/)
        for (j = 1; j <= count; ++j) result = result (j % 2 ? roff(parts[j], 0) : "\\fI" roff(parts[j], 0) "\\fR")
    }
    return result
}

function fail(what) {
    print FILENAME ":" NR ": " what > "/dev/stderr"
    failed = 1
    exit 1
}

# A block that is complete: a paragraph or an item.
function flush() {
    if (block == "") return
    if (kind == "item") print ".IP \\(bu 3"
    else if (kind == "number") print ".IP " number " 4"
    else if (!fresh) print ".PP"
    print safe(inline(block))
    block = ""
    fresh = 0
}
function begin(name, text) {
    flush()
    kind = name
    block = text
}

function cells_of(line, cells, count, i) {
    gsub(/\\\|/, "\002", line)
    sub(/^\| */, "", line)
    sub(/ *\|$/, "", line)
    count = split(line, cells, / *\| */)
    for (i = 1; i <= count; ++i) gsub(/\002/, "|", cells[i])
    return count
}

function row(line, cells, count, i, text) {
    count = cells_of(line, cells)
    print ".TP"
    print safe(inline(cells[1]))
    if (columns[2] == "type") {
        text = "\\fI" inline(cells[2]) "\\fR"
        gsub(/\\fR/, "\\fI", text)
        sub(/\\fI$/, "\\fR", text)
        if (cells[3] == "needed") text = text ", needed"
        else if (cells[3] != "") text = text ", default " inline(cells[3])
        if (cells[4] != "") text = text ": " inline(cells[4])
    } else if (column_count == 2) {
        text = inline(cells[2])
    } else {
        for (i = 2; i <= count; ++i)
            if (cells[i] != "") text = text (text == "" ? "" : "; ") "\\fI" inline(columns[i]) "\\fR: " inline(cells[i])
    }
    print safe(text == "" ? "-" : text)
    fresh = 0
}

fenced {
    if ($0 ~ /^ *```/) {
        fenced = 0
        if (!raw) print ".EE\n.RE"
        fresh = 0
        raw = 0
    } else if (raw) {
        if (!fresh && /^[^.]/) print ".PP"
        fresh = 1
        print
    }
    else print safe(roff(substr($0, indent + 1), 1))
    next
}
/^ *```/ {
    flush()
    fenced = 1
    raw = $0 == "```roff"
    indent = index($0, "`") - 1
    if (!raw) print (fresh ? "" : ".PP\n") ".RS 4\n.EX"
    next
}
/^<!--/ { next }
/^\|/ {
    flush()
    if (!in_table) {
        column_count = cells_of($0, columns)
        in_table = 1
    } else if ($0 !~ /^\|[-|: ]+$/) row($0)
    next
}
{ in_table = 0 }
/^# / { next }
/^## / {
    flush()
    print ".SH " toupper(substr($0, 4))
    fresh = 1
    next
}
/^### / {
    flush()
    print ".SS " inline(substr($0, 5))
    fresh = 1
    next
}
/^####+ / {
    flush()
    sub(/^#+ /, "")
    print (fresh ? "" : ".PP\n") "\\fI" inline($0) "\\fR"
    fresh = 0
    next
}
/^- / {
    begin("item", substr($0, 3))
    next
}
/^[0-9]+\. / {
    begin("number", substr($0, length($1) + 2))
    number = $1
    next
}
/^ *$/ {
    flush()
    kind = ""
    next
}
{
    sub(/^ +/, "")
    if (block == "") begin("paragraph", $0)
    else block = block " " $0
}
END { if (!failed) flush() }
