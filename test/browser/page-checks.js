/**
 * open-page.ts runs this inside the page, for what can only be measured where the page is laid out. The
 * checks return what is wrong, one sentence each.
 */
globalThis.pageChecks = {
  /** Text below 4.5:1, parts of charts below 3:1 (WCAG 2.2, 1.4.3 and 1.4.11). */
  lowContrast() {
    const problems = [];
    for (const element of document.querySelectorAll('body *')) {
      if (!isSeen(element)) continue;
      const style = getComputedStyle(element);
      const isPart = element.tagName === 'rect' && !element.classList.contains('track');
      const foreground = isPart ? style.fill : hasText(element) ? style.color : undefined;
      if (foreground === undefined) continue;
      const ratio = contrast(parse(foreground), backgroundOf(element));
      const enough = isPart ? 3 : 4.5;
      if (ratio < enough) problems.push(`${describe(element)}: ${ratio.toFixed(2)}:1`);
    }
    return problems;
  },

  /** Elements wider than the window, which would make the page scroll sideways. */
  overflow() {
    const width = document.documentElement.clientWidth;
    const problems = [];
    const scroll = document.documentElement.scrollWidth;
    if (scroll > width) problems.push(`the page is ${scroll} wide in ${width}`);
    for (const element of document.querySelectorAll('body *')) {
      if (!isSeen(element) || element.closest('svg')?.contains(element)) continue;
      const { right, left } = element.getBoundingClientRect();
      if (right > width + 1 || left < -1) problems.push(describe(element));
      if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) {
        problems.push(`${describe(element)} is wider inside`);
      }
    }
    return problems;
  },

  /** Cells of more than 12 characters that are narrower than 100 pixels. */
  crowded() {
    const cells = [...document.querySelectorAll('td, tbody th')].filter(isSeen);
    const narrow = cells.filter(
      (cell) => cell.textContent.trim().length > 12 && cell.clientWidth < 100,
    );
    return narrow.map(describe);
  },

  /** Charts and tables without a text that a screen reader can read. */
  nameless() {
    const charts = [...document.querySelectorAll('svg:not([aria-hidden])')].filter(
      (svg) =>
        svg.getAttribute('role') !== 'img' ||
        !/\d/.test(svg.querySelector('title')?.textContent ?? ''),
    );
    const tables = [...document.querySelectorAll('table')].filter(
      (table) => !table.caption?.textContent || !table.querySelector('thead th[scope=col]'),
    );
    return [...charts, ...tables].map(describe);
  },

  /** Links to ids that are missing or not unique, and ids that are used twice. */
  brokenLinks() {
    const broken = [...document.querySelectorAll('a')]
      .map((link) => link.getAttribute('href'))
      .filter((href) => !/^#\w+$/.test(href) || document.querySelectorAll(href).length !== 1);
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    return [...broken, ...ids.filter((id, index) => ids.indexOf(id) !== index)];
  },

  /** The levels of the headings, in order: 1 for `h1`. */
  headings() {
    return [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(({ tagName }) =>
      Number(tagName[1]),
    );
  },

  /** The computed style property of the first element that matches the selector. */
  styleOf(selector, property) {
    return getComputedStyle(document.querySelector(selector)).getPropertyValue(property);
  },

  /** The page's background and text colours. */
  colours() {
    const { backgroundColor, color } = getComputedStyle(document.body);
    return { backgroundColor, color };
  },
};

function isSeen(element) {
  if (element.closest('.aside, .skip, title, style, thead')?.matches('.aside, .skip, title, style'))
    return false;
  const { width, height } = element.getBoundingClientRect();
  return width > 1 && height > 1 && getComputedStyle(element).visibility === 'visible';
}

function hasText(element) {
  return [...element.childNodes].some(
    (node) => node.nodeType === 3 && node.textContent.trim() !== '',
  );
}

function describe(element) {
  const words = element.textContent.trim().slice(0, 40);
  return `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} "${words}"`;
}

function backgroundOf(element) {
  for (
    let each =
      element.parentElement && element.tagName === 'rect' ? element.parentElement : element;
    each;
    each = each.parentElement
  ) {
    const colour = parse(getComputedStyle(each).backgroundColor);
    if (colour.alpha === 1) return colour;
    if (colour.alpha > 0) throw new Error(`${describe(each)} is partly transparent`);
  }
  return { red: 255, green: 255, blue: 255, alpha: 1 };
}

function parse(colour) {
  const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
  if (!/^rgba?\(/.test(colour)) throw new Error(`unknown colour format: ${colour}`);
  return { red, green, blue, alpha };
}

function contrast(one, other) {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2, relative luminance. */
function luminance({ red, green, blue }) {
  const [r, g, b] = [red, green, blue].map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
