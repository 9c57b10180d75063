//! The sound of a challenge: spoken digits over a murmur of other speech.
//!
//! What makes it hard for a program: every digit has its own voice, speed and pitch (both change together, by
//! reading the sample faster or slower), pauses differ, an echo smears the ends, and behind it all speech from the
//! same voices runs backwards. What keeps it easy for a person: the digits are louder and a breath apart.

use super::picture::in_range;
use kernel::{Lang, Rng};

/// Origin, making and layout: `samples/make.sh`.
static SAMPLES: &[u8] = include_bytes!("samples/digits.bin");
const VOICES: usize = 3;
const DIGITS: usize = 10;
const COUNT: usize = 2 * VOICES * DIGITS;

/// Points a second.
const RATE: f32 = 8_000.0;

/// Speaks the digits; the same digits and chance give the same bytes. The result is a WAV file, 8 kHz, 8 bit, mono.
pub(super) fn speak(lang: Lang, digits: &str, rng: &mut Rng) -> Vec<u8> {
    let mut track = vec![0.0; seconds(0.5)];
    for digit in digits.chars().filter_map(|c| c.to_digit(10)) {
        let voice = pick(rng, VOICES);
        let speed = in_range(rng, 0.84, 1.12);
        let loud = in_range(rng, 0.8, 1.0);
        let spoken = stretched(sample(lang, voice, digit as usize), speed);
        let start = track.len();
        track.resize(start + spoken.len() + seconds(in_range(rng, 0.32, 0.6)), 0.0);
        add(&mut track, start, &spoken, loud);
    }
    track.extend(vec![0.0; seconds(0.3)]);
    echo(&mut track, rng);
    for _ in 0..2 {
        murmur(&mut track, rng);
    }
    hiss(&mut track, rng);
    wav(&track)
}

/// Speech that runs backwards over the whole length, quieter than the digits.
fn murmur(track: &mut [f32], rng: &mut Rng) {
    let mut at = 0;
    while at < track.len() {
        let lang = if rng.below(2) == 0 { Lang::Ru } else { Lang::En };
        let mut speech =
            stretched(sample(lang, pick(rng, VOICES), pick(rng, DIGITS)), in_range(rng, 0.7, 1.35));
        speech.reverse();
        add(track, at, &speech, in_range(rng, 0.18, 0.32));
        at += (speech.len() as f32 * in_range(rng, 0.6, 1.0)) as usize + 1;
    }
}

/// A single echo, as in a bare room.
fn echo(track: &mut [f32], rng: &mut Rng) {
    let (delay, loud) = (seconds(in_range(rng, 0.03, 0.07)), in_range(rng, 0.12, 0.25));
    for place in (delay..track.len()).rev() {
        let before = track.get(place - delay).copied().unwrap_or(0.0);
        if let Some(point) = track.get_mut(place) {
            *point += before * loud;
        }
    }
}

/// Soft noise, whose strength comes and goes.
fn hiss(track: &mut [f32], rng: &mut Rng) {
    let mut noise = vec![0; track.len()];
    rng.fill(&mut noise);
    let (strength, often, phase) =
        (in_range(rng, 0.05, 0.09), in_range(rng, 0.3, 0.9), in_range(rng, 0.0, 6.0));
    let mut smooth = 0.0;
    for (place, (point, byte)) in track.iter_mut().zip(noise).enumerate() {
        smooth = 0.55 * smooth + 0.45 * (f32::from(byte) / 127.5 - 1.0);
        let swell = 0.7 + 0.3 * (place as f32 / RATE * often * std::f32::consts::TAU + phase).sin();
        *point += smooth * strength * swell;
    }
}

/// One spoken digit; empty for what is not in the file.
fn sample(lang: Lang, voice: usize, digit: usize) -> &'static [u8] {
    let language = match lang {
        Lang::Ru => 0,
        Lang::En => 1,
    };
    let wanted = (language * VOICES + voice) * DIGITS + digit;
    let length = |place: usize| {
        let bytes = SAMPLES.get(place * 4..place * 4 + 4).and_then(|bytes| bytes.try_into().ok());
        u32::from_le_bytes(bytes.unwrap_or_default()) as usize
    };
    let start = COUNT * 4 + (0..wanted).map(length).sum::<usize>();
    SAMPLES.get(start..start + length(wanted)).unwrap_or_default()
}

/// The sample read at another speed, which changes its pitch too; -1 to 1.
fn stretched(sample: &[u8], speed: f32) -> Vec<f32> {
    let at = |place: usize| f32::from(sample.get(place).copied().unwrap_or(128)) / 128.0 - 1.0;
    let length = (sample.len() as f32 / speed) as usize;
    let point = |place: usize| {
        let exact = place as f32 * speed;
        let (whole, part) = (exact as usize, exact.fract());
        at(whole) * (1.0 - part) + at(whole + 1) * part
    };
    (0..length).map(point).collect()
}

fn add(track: &mut [f32], start: usize, speech: &[f32], loud: f32) {
    for (point, spoken) in track.iter_mut().skip(start).zip(speech) {
        *point += spoken * loud;
    }
}

fn pick(rng: &mut Rng, count: usize) -> usize {
    usize::try_from(rng.below(count as u64)).unwrap_or(0)
}

fn seconds(length: f32) -> usize {
    (length * RATE) as usize
}

/// The track as a WAV file, brought to full loudness.
fn wav(track: &[f32]) -> Vec<u8> {
    let loudest = track.iter().fold(0.1_f32, |most, point| most.max(point.abs()));
    let data: Vec<u8> = track.iter().map(|point| (128.0 + point / loudest * 126.0) as u8).collect();
    let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
    let rate = (RATE as u32).to_le_bytes();
    [
        &b"RIFF"[..],
        &size(36 + data.len()),
        b"WAVEfmt ",
        &16_u32.to_le_bytes(), // length of this part
        &1_u16.to_le_bytes(),  // plain samples
        &1_u16.to_le_bytes(),  // one channel
        &rate,
        &rate,                // bytes a second
        &1_u16.to_le_bytes(), // bytes a point
        &8_u16.to_le_bytes(), // bits a point
        b"data",
        &size(data.len()),
        &data,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_there_and_is_speech() {
        for lang in Lang::ALL {
            for (voice, digit) in (0..VOICES).flat_map(|voice| (0..DIGITS).map(move |digit| (voice, digit))) {
                let sample = sample(lang, voice, digit);
                assert!((1_600..8_000).contains(&sample.len()), "{lang:?} {voice} {digit}: {}", sample.len());
                let loud = stretched(sample, 1.0).iter().fold(0.0_f32, |most, point| most.max(point.abs()));
                assert!(loud > 0.6, "{lang:?} {voice} {digit}: {loud}");
            }
        }
        assert!(sample(Lang::En, VOICES, DIGITS).is_empty());
    }

    #[test]
    fn the_same_seed_speaks_the_same_and_another_does_not() {
        let speak = |digits, seed| speak(Lang::Ru, digits, &mut Rng::seeded(seed));
        assert_eq!(speak("012345", 1), speak("012345", 1));
        assert_ne!(speak("012345", 1), speak("012345", 2));
        assert_ne!(speak("012345", 1), speak("012346", 1));
    }

    #[test]
    fn it_is_a_wav_of_some_seconds() {
        let file = speak(Lang::En, "907318", &mut Rng::seeded(9));
        assert_eq!((&file[..4], &file[8..16]), (&b"RIFF"[..], &b"WAVEfmt "[..]));
        let length = u32::from_le_bytes(file[40..44].try_into().unwrap()) as usize;
        assert_eq!(length + 44, file.len());
        assert!((4.0..11.0).contains(&(length as f32 / RATE)), "{}", length as f32 / RATE);
        assert!(!speak(Lang::En, "no digits", &mut Rng::seeded(1)).is_empty());
    }
}
