/* The agent's texts. The files are bundled: they are small compared to the SDK, and available
 * immediately. */
import en from './words/en.txt';
import hi from './words/hi.txt';
import ur from './words/ur.txt';

const table = (text) => new Map(text.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => {
  const colon = line.indexOf(': ');
  return [line.slice(0, colon), line.slice(colon + 2)];
}));

const LANGUAGES = { en: table(en), hi: table(hi), ur: table(ur) };

/**
 * Returns a function from key and filling to text, in the language of the tag (`hi-IN`: `hi`), else
 * English.
 */
export const speak = (tag) => {
  const words = LANGUAGES[String(tag).toLowerCase().split(/[-_]/)[0]] ?? LANGUAGES.en;
  return (key, filling = '') => (words.get(key) ?? LANGUAGES.en.get(key) ?? key).replace('{0}', filling);
};

/** All languages, for the test that compares them. */
export const languages = LANGUAGES;
