#!/bin/bash
# Makes digits.bin: the spoken digits that the sound of a challenge is mixed from.
# Origin: synthesised with eSpeak NG 1.51 (its speech is free of its licence, the GPL covers the program),
# trimmed and brought to 8 kHz, 8 bit, mono with SoX. No recording of a person.
# Layout: 60 lengths of 4 bytes (least first), then the 60 samples, in the order
# language (ru, en), voice (three), digit (0 to 9); a sample is unsigned bytes around 128.
set -euo pipefail
out=$(realpath "$(dirname "$0")")/digits.bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
ru=(ноль один два три четыре пять шесть семь восемь девять)
en=(zero one two three four five six seven eight nine)
speak() { # words voice speed pitch
    local -n words=$1
    local word
    for word in "${words[@]}"; do
        espeak-ng -v "$2" -s "$3" -p "$4" -a 160 -w raw.wav "$word"
        sox raw.wav -r 8000 -c 1 -b 16 whole.wav gain -6 highpass 150 lowpass 3600
        sox whole.wav trimmed.wav silence 1 0.01 0.6% reverse silence 1 0.01 0.6% reverse
        sox -D trimmed.wav -b 8 -e unsigned-integer -t raw sample.raw fade t 0.004 0 0.012 norm -1
        cat sample.raw >>samples.bin
        stat -c %s sample.raw >>lengths.txt
    done
}
speak ru ru 125 45
speak ru ru+f2 130 58
speak ru ru+m3 120 34
speak en en-us 125 45
speak en en-gb+f2 130 58
speak en en-us+m3 120 34
while read -r length; do
    printf "\\x$(printf %02x $((length & 255)))\\x$(printf %02x $((length >> 8 & 255)))\\x00\\x00"
done <lengths.txt >"$out"
cat samples.bin >>"$out"
