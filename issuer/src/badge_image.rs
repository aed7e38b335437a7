//! The image of a badge whose template has none: a medallion, as SVG with its name, as PNG without words
//! ([Open Badges 3.0, `Achievement.image`](https://www.imsglobal.org/spec/ob/v3p0/#achievement)).
//!
//! The hue comes from the name, so that badges differ at a glance; the same name always gives the same bytes. Both are
//! 400 × 400, transparent outside the medallion, and white on the hue has a contrast of at least 4.5 to 1 (WCAG AA).

use std::fmt::Write as _;

/// Width and height in pixels, the size the standard's implementers show badges at or scale down from.
const SIDE: u16 = 400;

/// Longest name or issuer written into the PNG's text chunks, in characters: enough to identify the image.
const MAX_PNG_TEXT: usize = 200;

/// Most lines of the name in the SVG; more would leave the medallion.
const MAX_LINES: usize = 4;

/// Width of the name's lines in the SVG, in pixels: what the hexagon leaves beside its rings.
const LINE_WIDTH: f32 = 258.0;

/// Why no PNG could be drawn.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadgeImageError {
    /// The PNG encoder refused.
    #[error("the badge image could not be encoded")]
    Encode(#[from] png::EncodingError),
}

/// Draws the default badge as a PNG (RGBA, 8 bits), with name and issuer as `Title` and `Author` for screen readers and search.
///
/// # Errors
/// [`BadgeImageError::Encode`] when the encoder fails, which no name or issuer should cause.
pub(crate) fn png(name: &str, issuer: &str) -> Result<Vec<u8>, BadgeImageError> {
    let palette = Palette::of(name);
    let pixels: Vec<u8> = (0..SIDE)
        .flat_map(|y| (0..SIDE).map(move |x| (x, y)))
        .flat_map(|(x, y)| pixel(&palette, x, y))
        .collect();

    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, u32::from(SIDE), u32::from(SIDE));
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
    for (keyword, text) in [("Title", name), ("Author", issuer)] {
        let text = text.chars().filter(|c| !c.is_control()).take(MAX_PNG_TEXT).collect();
        encoder.add_itxt_chunk(keyword.to_owned(), text)?;
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(file)
}

/// Draws the default badge as an SVG with the name on it, in at most four lines, and the issuer below.
///
/// Any text will do: it is escaped, what XML cannot carry is replaced, and what does not fit ends in an ellipsis (the
/// title has all of it).
pub(crate) fn svg(name: &str, issuer: &str) -> String {
    let Palette { top, bottom, accent, .. } = Palette::of(name);
    let (size, lines) = fit(name);
    let leading = size * 1.18;
    let first = 196.0 - leading * (narrow(lines.len()) - 1.0) / 2.0 + size * 0.35;
    let mut words = String::new();
    for (index, line) in lines.iter().enumerate() {
        let y = first + leading * narrow(index);
        // Writing to a String does not fail.
        let _ = write!(words, "\n    <tspan x=\"200\" y=\"{y:.1}\">{}</tspan>", escape(line));
    }
    let mut by = String::new();
    for (line, y) in wrap(issuer, 13.0, 150.0, 2).iter().zip([308, 325]) {
        let _ = write!(by, "\n    <tspan x=\"200\" y=\"{y}\">{}</tspan>", escape(line));
    }
    let title =
        [name, issuer].into_iter().filter(|text| !text.trim().is_empty()).collect::<Vec<_>>().join(" — ");
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE}" height="{SIDE}" viewBox="0 0 {SIDE} {SIDE}" role="img">
  <title>{title}</title>
  <defs>
    <linearGradient id="ground-{id}" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="{top}"/>
      <stop offset="1" stop-color="{bottom}"/>
    </linearGradient>
  </defs>
  <g stroke-linejoin="round">
    <path d="{outer}" fill="url(#ground-{id})" stroke="url(#ground-{id})" stroke-width="28"/>
    <path d="{outer}" fill="none" stroke="{accent}" stroke-width="4"/>
    <path d="{inner}" fill="none" stroke="#fff" stroke-opacity=".28" stroke-width="2"/>
  </g>
  <circle cx="200" cy="78" r="25" fill="#fff"/>
  <path d="M188 79l8.500 8.500 16-17.500" fill="none" stroke="{top}" stroke-width="7" stroke-linecap="round" stroke-linejoin="round"/>
  <text fill="#fff" text-anchor="middle" font-family="system-ui, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif" font-size="{size}" font-weight="700">{words}
  </text>
  <path d="M164 289h72" stroke="{accent}" stroke-width="3" stroke-linecap="round"/>
  <text fill="#fff" text-anchor="middle" font-family="system-ui, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif" font-size="13">{by}
  </text>
</svg>
"##,
        // Several badges inlined in one page must not share a gradient.
        id = top.hex().trim_start_matches('#'),
        title = escape(&title),
        top = top.hex(),
        bottom = bottom.hex(),
        accent = accent.hex(),
        outer = hexagon(OUTER),
        inner = hexagon(INNER),
    )
}

/// A hexagon standing on a corner, `inradius` from the centre to each side.
fn hexagon(inradius: f32) -> String {
    let (half, tall) = (inradius * SLANT, inradius * SLANT * 2.0);
    let (left, right) = (200.0 - inradius, 200.0 + inradius);
    format!(
        "M200 {:.1}L{right:.1} {:.1}V{:.1}L200 {:.1}L{left:.1} {:.1}V{:.1}Z",
        200.0 - tall,
        200.0 - half,
        200.0 + half,
        200.0 + tall,
        200.0 + half,
        200.0 - half
    )
}

/// Inradius of the line around the medallion; its corners with their 14 pixels of border end at 194, inside the image.
const OUTER: f32 = 156.0;

/// Inradius of the fine line within.
const INNER: f32 = 144.0;

/// Half a hexagon's side for an inradius of 1: tan 30°.
const SLANT: f32 = 0.577_350_3;

/// The largest size at which the name fits, and its lines.
fn fit(name: &str) -> (f32, Vec<String>) {
    const SIZES: [f32; 5] = [34.0, 31.0, 28.0, 24.0, 21.0];
    for size in SIZES {
        let lines = wrap(name, size, LINE_WIDTH, usize::MAX);
        let whole_words = lines.iter().all(|line| !line.ends_with('\u{2010}'));
        if lines.len() <= MAX_LINES && whole_words {
            return (size, lines);
        }
    }
    (21.0, wrap(name, 21.0, LINE_WIDTH, MAX_LINES))
}

/// Breaks text between words into at most `most` lines of `width` pixels; a word that is too long is divided with a hyphen,
/// and what is left over becomes an ellipsis.
fn wrap(text: &str, size: f32, width: f32, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last().map_or("", String::as_str);
        let gap = if line.is_empty() { "" } else { " " };
        if !line.is_empty() && length(&format!("{line}{gap}{word}"), size) > width {
            lines.push(String::new());
        } else if let Some(line) = lines.last_mut() {
            line.push_str(gap);
        }
        for c in word.chars() {
            let full =
                |line: &String| length(line, size) + advance(c, size) + advance('\u{2010}', size) > width;
            let joined = advance(c, size) == 0.0;
            if !joined && lines.last().is_some_and(full) && length(word, size) > width {
                if let Some(line) = lines.last_mut() {
                    line.push('\u{2010}');
                }
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push(c);
            }
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(line) = lines.last_mut() {
            while length(line, size) + advance('…', size) > width && line.pop().is_some() {}
            let kept = line.trim_end_matches(|c: char| c.is_whitespace() || c == '\u{2010}').len();
            line.truncate(kept);
            line.push('…');
        }
    }
    lines
}

fn length(text: &str, size: f32) -> f32 {
    text.chars().map(|c| advance(c, size)).sum()
}

/// A guess at the width of a bold sans-serif character, on the generous side: no font is at hand.
fn advance(c: char, size: f32) -> f32 {
    let share = match c {
        '\u{300}'..='\u{36F}' | '\u{200B}'..='\u{200F}' | '\u{FE00}'..='\u{FE0F}' => 0.0,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '!' | '|' | '\'' | '’' | ' ' => 0.33,
        'f' | 'r' | 't' | '(' | ')' | '-' | '\u{2010}' | '/' => 0.42,
        'm' | 'w' | 'M' | 'W' | 'æ' | 'œ' | 'Æ' | 'Œ' | '@' | '%' | '…' | '—' => 0.96,
        '\u{1100}'.. => 1.1,
        c if c.is_uppercase() => 0.72,
        _ => 0.6,
    };
    share * size
}

/// Escapes text for XML; what XML cannot carry becomes U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => escaped.push('\u{FFFD}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A count as a coordinate; none here passes a thousand.
fn narrow(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

/// A colour in sRGB, each part from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Colour([f32; 3]);

impl Colour {
    const WHITE: Self = Self([1.0; 3]);

    /// From hue (0 to 6), saturation and lightness (0 to 1).
    fn hsl(hue: f32, saturation: f32, lightness: f32) -> Self {
        let chroma = saturation * (1.0 - (2.0 * lightness - 1.0).abs());
        let part = |shift: f32| {
            let distance = ((hue + shift) % 6.0 - 3.0).abs() - 1.0;
            lightness + chroma * (distance.clamp(0.0, 1.0) - 0.5)
        };
        Self([part(0.0), part(4.0), part(2.0)])
    }

    fn mix(mut self, other: Self, share: f32) -> Self {
        for (part, goal) in self.0.iter_mut().zip(other.0) {
            *part += (goal - *part) * share;
        }
        self
    }

    fn bytes(self) -> [u8; 3] {
        self.0.map(byte)
    }

    fn hex(self) -> String {
        let [r, g, b] = self.bytes();
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255 first")]
fn byte(part: f32) -> u8 {
    (part * 255.0).round().clamp(0.0, 255.0) as u8
}

/// The colours of one badge: its ground from top to bottom, and the line around it.
struct Palette {
    top: Colour,
    bottom: Colour,
    accent: Colour,
}

impl Palette {
    fn of(name: &str) -> Self {
        // FNV-1a: spreads names over hues; nothing depends on its strength.
        let hash =
            name.bytes().fold(0x811C_9DC5_u32, |hash, b| (hash ^ u32::from(b)).wrapping_mul(0x0100_0193));
        let [a, b, c, d] = hash.to_be_bytes();
        Self::at(u16::from_be_bytes([a ^ c, b ^ d]))
    }

    /// `hue` goes once around the circle.
    fn at(hue: u16) -> Self {
        let hue = f32::from(hue) / 65_536.0 * 6.0;
        Self {
            top: Colour::hsl(hue, 0.56, 0.30),
            bottom: Colour::hsl(hue + 0.35, 0.62, 0.19),
            accent: Colour::hsl(hue + 0.15, 0.62, 0.72),
        }
    }
}

/// One pixel of the PNG: shapes laid over each other, each with the share of the pixel that it covers.
fn pixel(palette: &Palette, column: u16, row: u16) -> [u8; 4] {
    let (x, y) = (f32::from(column) - 199.5, f32::from(row) - 199.5);
    let covered = |distance: f32| (0.5 - distance).clamp(0.0, 1.0);
    let edge = hexagon_distance(x, y, OUTER);
    let ground = palette.top.mix(palette.bottom, (f32::from(row) / 400.0).clamp(0.0, 1.0));
    let disc = (x * x + y * y).sqrt();

    let mut colour = ground;
    let mut lay = |over: Colour, share: f32| colour = colour.mix(over, share);
    lay(palette.accent, covered(edge.abs() - 2.0));
    lay(Colour::WHITE, 0.28 * covered(hexagon_distance(x, y, INNER).abs() - 1.0));
    lay(Colour::WHITE, 0.14 * covered(disc - 118.0));
    lay(Colour::WHITE, covered(disc - 98.0));
    lay(palette.accent, covered((disc - 88.0).abs() - 1.5));
    let check = segment_distance(x, y, (-44.0, 3.0), (-14.0, 34.0)).min(segment_distance(
        x,
        y,
        (-14.0, 34.0),
        (45.0, -32.0),
    ));
    lay(palette.top, covered(check - 12.0));

    let [red, green, blue] = colour.bytes();
    [red, green, blue, byte(covered(edge - 14.0))]
}

/// Distance of a point to a hexagon standing on a corner around the origin, negative inside; round beyond the corners.
fn hexagon_distance(x: f32, y: f32, inradius: f32) -> f32 {
    const COS: f32 = 0.866_025_4;
    let (x, y) = (x.abs(), y.abs());
    // Fold across the axis between the upright side and the slanted one: one side remains.
    let beyond = (0.5 * x - COS * y).min(0.0) * 2.0;
    let (x, y) = (x - beyond * 0.5, y + beyond * COS);
    let half = inradius * SLANT;
    let (dx, dy) = (x - inradius, y - y.clamp(-half, half));
    (dx * dx + dy * dy).sqrt() * if dx > 0.0 { 1.0 } else { -1.0 }
}

fn segment_distance(x: f32, y: f32, from: (f32, f32), to: (f32, f32)) -> f32 {
    let (px, py) = (x - from.0, y - from.1);
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let along = ((px * dx + py * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    let (px, py) = (px - dx * along, py - dy * along);
    (px * px + py * py).sqrt()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use badge_verifier::container::{self, Existing, Kind};

    use super::*;

    const NAMES: [(&str, &str); 7] = [
        ("Rechercher, filtrer et évaluer l’information", "Centre de formation de l’Œuvre"),
        ("Data", "Org"),
        ("", ""),
        ("<script>alert(\"&\")</script> ]]>", "\u{0}\u{FFFF}\r\n"),
        ("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", "œ"),
        ("数字技能 徽章 🏅👩🏽‍🏫", "Ἀθῆναι"),
        (
            "mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot mot",
            "a b",
        ),
    ];

    #[test]
    fn both_images_take_a_badge_and_give_it_back() {
        let text = "{\"name\":\"é ]]> 🏅\"}";
        for (name, issuer) in NAMES {
            let drawn = svg(name, issuer);
            assert_eq!(container::sniff(drawn.as_bytes()), Kind::Svg);
            let baked = container::svg::bake(drawn.as_bytes(), text, Existing::Refuse).unwrap();
            assert_eq!(container::svg::extract(&baked).unwrap(), text.as_bytes());

            let drawn = png(name, issuer).unwrap();
            assert_eq!(container::sniff(&drawn), Kind::Png);
            let baked = container::png::bake(&drawn, text, Existing::Refuse).unwrap();
            assert_eq!(container::png::extract(&baked).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn the_png_is_small_and_has_the_size_it_says() {
        let file = png("Compétence", "Organisme").unwrap();
        assert!(file.len() < 40_000, "{}", file.len());
        assert_eq!(&file[16..24], &[0, 0, 1, 0x90, 0, 0, 1, 0x90]);
        assert_eq!(file, png("Compétence", "Organisme").unwrap());
        assert_ne!(Palette::of("Compétence").top, Palette::of("Compétences").top);
    }

    #[test]
    fn the_medallion_is_opaque_in_the_middle_and_clear_at_the_corners() {
        let palette = Palette::of("x");
        assert_eq!(pixel(&palette, 0, 0)[3], 0);
        assert_eq!(pixel(&palette, 399, 399)[3], 0);
        assert_eq!(pixel(&palette, 200, 200)[3], 255);
        assert_eq!(pixel(&palette, 200, 12)[3], 255);
        assert_eq!(pixel(&palette, 33, 200)[3], 255);
        // Nothing is cut off at the image's border.
        for at in 0..SIDE {
            assert_eq!([pixel(&palette, at, 0)[3], pixel(&palette, at, 399)[3]], [0, 0]);
            assert_eq!([pixel(&palette, 0, at)[3], pixel(&palette, 399, at)[3]], [0, 0]);
        }
    }

    #[test]
    fn names_stay_within_four_lines_of_the_medallion() {
        for (name, _) in NAMES {
            let (size, lines) = fit(name);
            assert!((1..=MAX_LINES).contains(&lines.len()), "{lines:?}");
            for line in &lines {
                assert!(length(line, size) <= LINE_WIDTH, "{line}");
            }
        }
        assert_eq!(fit("Évaluer l’information").1.join(" "), "Évaluer l’information");
        assert!(fit(NAMES[6].0).1[3].ends_with('…'));
    }

    #[test]
    fn text_is_escaped() {
        let drawn = svg(NAMES[3].0, NAMES[3].1);
        assert!(!drawn.contains("<script>") && drawn.contains("&lt;script&gt;alert(&quot;&amp;&quot;)"));
        assert!(svg("Évaluer", "").contains("<title>Évaluer</title>"));
    }

    #[test]
    fn white_is_legible_on_every_hue() {
        let linear = |part: f32| if part <= 0.04 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
        let luminance =
            |Colour([r, g, b]): Colour| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
        for hue in (0..=u16::MAX).step_by(64) {
            let palette = Palette::at(hue);
            for ground in [palette.top, palette.bottom] {
                assert!(1.05 / (luminance(ground) + 0.05) >= 4.5, "{hue}: {ground:?}");
            }
        }
    }
}
