/** Revised Romanization of Korean, syllable by syllable: initial consonant, vowel, final consonant. */
const initials = "g kk n d tt r m b pp s ss  j jj ch k t p h".split(" ");
const vowels = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split(" ");
const finals = " k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split(" ");

const first = 0xac00;

/** Hangul in Latin letters: "학습" gives "hakseup". Everything else stays as it is. */
export function romanize(text: string): string {
  return text.normalize("NFC").replace(/[가-힣]/g, (syllable) => {
    const index = syllable.charCodeAt(0) - first;
    const initial = initials[Math.floor(index / (vowels.length * finals.length))]!;
    const vowel = vowels[Math.floor(index / finals.length) % vowels.length]!;
    return initial + vowel + finals[index % finals.length]!;
  });
}
