/**
 * The colours of the page in both schemes. Text keeps 4.5:1 and graphics 3:1 against what they
 * stand on (WCAG 2.2, 1.4.3 and 1.4.11): the browser tests measure it.
 */
const LIGHT = {
  page: '#f4f5f7',
  surface: '#ffffff',
  ink: '#1a2330',
  soft: '#556072',
  line: '#dce1e8',
  track: '#e9ecf1',
  link: '#1b58a8',
  'stop-surface': '#a3222b',
  'stop-ink': '#ffffff',
  'look-surface': '#f3bd4e',
  'look-ink': '#2a1e00',
  'ok-surface': '#14693f',
  'ok-ink': '#ffffff',
  'note-surface': '#fdf3dc',
  'note-ink': '#543c00',
  'good-surface': '#e0f2e8',
  'good-ink': '#0f5132',
  'tone-good': '#2b8c5b',
  'tone-bad': '#bf3a41',
  'tone-look': '#b97f14',
  'tone-conflict': '#7355bd',
  'tone-rest': '#7f8a9a',
  'tone-one': '#3470b8',
  'tone-two': '#1f8f8a',
  'tone-three': '#8a63c4',
};

const DARK: typeof LIGHT = {
  page: '#10151c',
  surface: '#19212b',
  ink: '#e7ebf1',
  soft: '#a4b0c0',
  line: '#2e3946',
  track: '#26303c',
  link: '#8cbcf5',
  'stop-surface': '#8f2029',
  'stop-ink': '#ffffff',
  'look-surface': '#d9a437',
  'look-ink': '#231900',
  'ok-surface': '#17653f',
  'ok-ink': '#ffffff',
  'note-surface': '#352b14',
  'note-ink': '#f3d898',
  'good-surface': '#17352a',
  'good-ink': '#9fdfbd',
  'tone-good': '#45b37d',
  'tone-bad': '#e7737a',
  'tone-look': '#d9a437',
  'tone-conflict': '#a98ff0',
  'tone-rest': '#8592a5',
  'tone-one': '#6ba3e6',
  'tone-two': '#46b8b1',
  'tone-three': '#b494e8',
};

/** Custom properties for the light scheme, and for the dark one where a screen prefers it. */
export const COLOURS = `:root { ${toProperties(LIGHT)} }
@media screen and (prefers-color-scheme: dark) { :root { ${toProperties(DARK)} } }`;

/** Classes for the parts of a chart. */
export const TONES = Object.keys(LIGHT)
  .filter((name) => name.startsWith('tone-'))
  .map((name) => `.${name} { fill: var(--${name}); }`)
  .join('\n');

function toProperties(colours: Record<string, string>): string {
  return Object.entries(colours)
    .map(([name, value]) => `--${name}: ${value};`)
    .join(' ');
}
