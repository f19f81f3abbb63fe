#!/bin/sh
# Instructions per call, counted by callgrind: (count at N2 iterations - count at N1) / (N2 - N1).
# Exits non-zero if `permits` takes more than 300 instructions, `evaluate` more than twice `permits`, if the length of the
# history or the size of the catalogue moves either by more than 2 %, if a command takes more than 20,000 (2 us where it was
# timed: RESULTS.md), or if the length of the history moves one by more than 2 %.
set -eu
cd "$(dirname "$0")/.."
cargo build --quiet --package consent-engine-benches --profile bench --bin instructions
work=${CARGO_TARGET_DIR:-target}/release/instructions
few=1000 many=3000

counted() { # WORK FACTS PURPOSES ITERATIONS
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$work" "$@" 2>&1 >/dev/null |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

per_call() { # WORK FACTS PURPOSES
    low=$(counted "$@" "$few")
    high=$(counted "$@" "$many")
    echo $(((high - low) / (many - few)))
}

echo "| facts on one scope | purposes | permits | evaluate, permit | evaluate, deny | opt-out + apply | opt-in + apply |"
echo "|---|---|---|---|---|---|---|"
failed=0
first_permits='' first_evaluate='' first_out='' first_in=''
for row in "10 10" "1000 10" "100000 10" "10 1000"; do
    # shellcheck disable=SC2086
    set -- $row
    permits=$(per_call permits "$@")
    evaluate=$(per_call evaluate "$@")
    opt_out=$(per_call opt-out "$@")
    opt_in=$(per_call opt-in "$@")
    echo "| $1 | $2 | $permits | $evaluate | $(per_call deny "$@") | $opt_out | $opt_in |"
    : "${first_permits:=$permits}" "${first_evaluate:=$evaluate}" "${first_out:=$opt_out}" "${first_in:=$opt_in}"
    set -- "$1" "$2" "$permits $first_permits" "$evaluate $first_evaluate"
    # A command looks purposes up by name: that grows with their logarithm.
    [ "$2" -gt 10 ] || set -- "$@" "$opt_out $first_out" "$opt_in $first_in"
    purposes=$2
    shift 2
    for pair in "$@"; do
        now=${pair% *} first=${pair#* }
        if [ $((now * 100)) -gt $((first * 102)) ] || [ $((now * 100)) -lt $((first * 98)) ]; then
            echo "grew by more than 2 %: $now, first row $first" >&2
            failed=1
        fi
    done
    for command in "$opt_out" "$opt_in"; do
        if [ "$purposes" -le 10 ] && [ "$command" -gt 20000 ]; then
            echo "a command takes $command instructions, more than 20,000" >&2
            failed=1
        fi
    done
    if [ "$permits" -gt 300 ]; then
        echo "permits takes $permits instructions, more than 300" >&2
        failed=1
    fi
    if [ "$evaluate" -gt $((permits * 2)) ]; then
        echo "evaluate takes $evaluate instructions, more than twice permits" >&2
        failed=1
    fi
done
echo
echo "hand-written floor: $(per_call floor 0 0)"
exit $failed
