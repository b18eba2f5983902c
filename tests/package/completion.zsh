# SPDX-License-Identifier: Apache-2.0
# What zsh completes at the end of a line: zsh -f completion.zsh FUNCTIONS LINE, FUNCTIONS being the directory of _nlinit.
# A terminal is needed for it to complete at all, and so a second zsh has one of its own (zpty); what that would list is
# printed, a word a line.
zmodload zsh/zpty || exit 1
zpty inner zsh -f -i
zpty -w inner "PS1='' PROMPT_EOL_MARK='' TERM=dumb; unsetopt zle_bracketed_paste; stty -echo"
zpty -w inner "fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -u -D"
zpty -w inner 'zstyle ":completion:*" force-list always
# The words that would be shown, in place of a list on the terminal.
compadd() {
    [[ " $* " == *" -O "* || " $* " == *" -A "* || " $* " == *" -D "* ]] && { builtin compadd "$@"; return; }
    local -a found
    builtin compadd -O found "$@"
    ((! $#found)) || print -rl -- \<word\>${^found}\</word\>
    builtin compadd "$@"
}
zle -C list-words list-choices _main_complete
say-words() { zle list-words; exit 0; }
zle -N say-words
bindkey "^X" say-words
print "<ready>"'
zpty -r inner output '*<ready>[^"]*' || exit 1
zpty -w -n inner "$2"$'\x18'
all=
while zpty -r inner output; do all+=$output; done
print -r -- "$all" | sed -n 's/.*<word>\(.*\)<\/word>.*/\1/p' | tr -d '\r' | sort -u
zpty -d inner
