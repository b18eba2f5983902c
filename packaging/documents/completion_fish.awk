# SPDX-License-Identifier: Apache-2.0
# For fish: a line for each command, option and value. Reads what completion.sh writes.
BEGIN {
    print "# fish completion of nlinit(8); made of its help texts"
    print ""
    print "complete -c nlinit -f"
}

function quoted(text) {
    gsub(/\\/, "\\\\", text)
    gsub(/'/, "\\'", text)
    sub(/[ ,]+$/, "", text)
    return "'" text "'"
}
function words_of(value) {
    gsub(/\|/, " ", value)
    return value
}

# What a value may be.
function values(value) {
    if (value == "") return ""
    if (value ~ /^[a-z0-9]+(\|[a-z0-9]+)+$/) return " -x -a " quoted(words_of(value))
    if (value == "FILE" || value == "PATH") return " -r -F"
    if (value ~ /^DIR/) return " -x -a '(__fish_complete_directories)'"
    if (value == "VERSION") return " -x -a '(command ls /lib/modules 2>/dev/null)'"
    if (value == "NAME|PATH") return " -x -a '(command ls /run/netns 2>/dev/null)'"
    return " -x"
}
function option(word) { return word ~ /^--/ ? " -l " substr(word, 3) : " -s " substr(word, 2) }
function in_command(name) { return "complete -c nlinit -n '__fish_seen_subcommand_from " name "'" }

$1 == "" { parameters = parameters " " $2; next }
$1 == "COMMAND" {
    print "complete -c nlinit -n __fish_use_subcommand" ($2 ~ /^-/ ? option($2) : " -a " $2) " -d " quoted($4)
    if ($2 !~ /^-/) has_help[++count] = $2
    next
}
{
    print in_command($1) option($2) values($3) " -d " quoted($4)
    if ($2 == "--help") helped[$1] = 1
}

END {
    for (i = 1; i <= count; ++i) if (!(has_help[i] in helped)) print in_command(has_help[i]) " -l help -d 'what it takes'"
    print in_command("netsetup") " -a '(command ls /sys/class/net)' -d interface"
    print in_command("plan") " -a " quoted(substr(parameters, 2)) " -d 'kernel parameter'"
    print in_command("check report") " -F"
}
