//! Reads times of the day as people type them.

/// The first hour of a working day: an hour before it, without AM or PM, is one of the afternoon.
const WORKING_DAY_FROM: u8 = 7;

/// Which half of the day was typed.
#[derive(Clone, Copy)]
enum Half {
    Morning,
    Afternoon,
    Unsaid,
}

/// Reads a time and writes it as `HH:MM`; the rules are in the documentation of [`entry`](super).
pub(super) fn read(typed: &str) -> Option<String> {
    let typed = typed.to_ascii_lowercase();
    let (hour, minute) = match typed.as_str() {
        "noon" => (12, 0),
        "midnight" => (0, 0),
        _ => {
            let (clock, half) = half(&typed);
            let (hour, minute) = clock_digits(clock.trim_end())?;
            (hour_of_24(hour, half)?, two(minute).filter(|minute| *minute < 60)?)
        }
    };
    Some(format!("{hour:02}:{minute:02}"))
}

/// Parts the AM or PM at the end from what stands before it.
fn half(typed: &str) -> (&str, Half) {
    for (signs, half) in [(["a.m.", "am", "a.m", "a"], Half::Morning), (["p.m.", "pm", "p.m", "p"], Half::Afternoon)] {
        if let Some(clock) = signs.iter().find_map(|sign| typed.strip_suffix(sign)) {
            return (clock, half);
        }
    }
    (typed, Half::Unsaid)
}

/// Parts hours and minutes: `2`, `2:30`, `230`, `1430`.
fn clock_digits(clock: &str) -> Option<(&str, &str)> {
    match clock.split_once(':') {
        Some((hour, minute)) => Some((hour, minute)),
        None if clock.len() <= 2 => Some((clock, "00")),
        None => clock.split_at_checked(clock.len() - 2),
    }
}

fn hour_of_24(typed: &str, half: Half) -> Option<u8> {
    let hour = if typed.len() == 1 { digits(typed)? } else { two(typed)? };
    match (half, hour) {
        (Half::Morning, 1..=11) => Some(hour),
        (Half::Morning, 12) => Some(0),
        (Half::Afternoon, 1..=11) => Some(hour + 12),
        (Half::Afternoon, 12) => Some(12),
        (Half::Unsaid, _) if typed.starts_with('0') || hour > 12 => Some(hour).filter(|hour| *hour < 24),
        (Half::Unsaid, _) if hour < WORKING_DAY_FROM => Some(hour + 12),
        (Half::Unsaid, _) => Some(hour),
        (Half::Morning | Half::Afternoon, _) => None,
    }
}

fn two(typed: &str) -> Option<u8> {
    if typed.len() == 2 { digits(typed) } else { None }
}

fn digits(typed: &str) -> Option<u8> {
    let only_digits = !typed.is_empty() && typed.bytes().all(|byte| byte.is_ascii_digit());
    if only_digits { typed.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_type_them() {
        for (typed, expected) in [
            ("2:30 pm", Some("14:30")),
            ("2:30PM", Some("14:30")),
            ("2:30p", Some("14:30")),
            ("2:30 p.m.", Some("14:30")),
            ("2 pm", Some("14:00")),
            ("11a", Some("11:00")),
            ("12 am", Some("00:00")),
            ("12:15 pm", Some("12:15")),
            ("14:30", Some("14:30")),
            ("1430", Some("14:30")),
            ("930", Some("09:30")),
            ("0930", Some("09:30")),
            ("noon", Some("12:00")),
            ("Midnight", Some("00:00")),
            ("7", Some("07:00")),
            ("9:30", Some("09:30")),
            ("12:30", Some("12:30")),
            ("1:30", Some("13:30")),
            ("6:59", Some("18:59")),
            ("06:59", Some("06:59")),
            ("00:00", Some("00:00")),
            ("0", Some("00:00")),
            ("23:59", Some("23:59")),
            ("24:00", None),
            ("13 pm", None),
            ("0 am", None),
            ("9:60", None),
            ("9:5", None),
            ("9:", None),
            (":30", None),
            ("9:30:00", None),
            ("12345", None),
            ("pm", None),
            ("-9", None),
            ("+9", None),
            ("９:30", None),
            ("é", None),
            ("éa", None),
            ("after lunch", None),
            ("", None),
        ] {
            assert_eq!(read(typed).as_deref(), expected, "{typed:?}");
        }
    }

    #[test]
    fn what_is_stored_and_what_is_shown_reads_as_the_same_time() {
        for minutes in 0..24 * 60 {
            let stored = format!("{:02}:{:02}", minutes / 60, minutes % 60);
            assert_eq!(read(&stored).as_deref(), Some(stored.as_str()));
            let shown = crate::value::time(&stored).map(crate::shown::shown_time).expect("a time");
            assert_eq!(read(&shown).as_deref(), Some(stored.as_str()), "{shown}");
        }
    }
}
