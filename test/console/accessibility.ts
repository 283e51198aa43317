import type { Page } from 'playwright-core';
import { type Colour, contrast } from '../helpers/contrast.ts';

/** What is used of an element of the page; the tests have no types of the DOM. */
interface PageElement {
  readonly tagName: string;
  /** Undefined in SVG. */
  readonly innerText?: string;
  readonly textContent: string;
  readonly childNodes: Iterable<{ readonly nodeType: number; readonly textContent: string }>;
  readonly parentElement: PageElement | null;
  readonly clientWidth: number;
  readonly clientHeight: number;
  readonly scrollWidth: number;
  readonly scrollHeight: number;
  readonly ownerDocument: {
    readonly defaultView: {
      readonly getComputedStyle: (element: PageElement) => Readonly<Record<string, string>>;
    };
  };
  readonly getAttribute: (name: string) => string | null;
  readonly matches: (selector: string) => boolean;
  readonly closest: (selector: string) => PageElement | null;
  readonly querySelector: (selector: string) => PageElement | null;
  readonly querySelectorAll: (selector: string) => Iterable<PageElement>;
}

/** A text and its colours, as CSS writes them. */
interface ColouredText {
  readonly text: string;
  readonly front: string;
  readonly back: string;
}

const MIN_CONTRAST = 4.5;

/** The roles whose elements need a name. */
const NAMED_ROLES = new Set(['button', 'combobox', 'heading', 'radio', 'region', 'switch', 'textbox']);

/**
 * What keeps people from using a page: controls and regions without a name, names that lack the visible text, areas that
 * only a mouse can scroll, content that is wider than the window, and text with too little contrast. SVG has its colours
 * in other properties, which are not checked.
 *
 * @see WCAG 2.2, success criteria 1.4.3, 1.4.10, 2.1.1, 2.5.3 and 4.1.2
 */
export async function accessibilityProblems(page: Page): Promise<readonly string[]> {
  const [nameless, { problems, texts }] = await Promise.all([namelessElements(page), seenOn(page)]);
  const faint = texts.filter(({ front, back }) => contrast(colourOf(front), colourOf(back)) < MIN_CONTRAST);
  return [...nameless, ...problems, ...faint.map(({ text, front, back }) => `${front} on ${back}: ${text}`)];
}

async function namelessElements(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return nodes.flatMap(({ ignored, role, name, nodeId }) => {
    const isNameless = !ignored && NAMED_ROLES.has(String(role?.value)) && String(name?.value ?? '') === '';
    return isNameless ? [`${role?.value} ${nodeId} has no name`] : [];
  });
}

function seenOn(page: Page): Promise<{ readonly problems: string[]; readonly texts: ColouredText[] }> {
  return page.locator(':root').evaluate((root: PageElement) => {
    const focusable = 'a[href], button, input, select, summary, [tabindex="0"]';
    const style = (element: PageElement) => root.ownerDocument.defaultView.getComputedStyle(element);
    const words = (text: string) => (text.toLowerCase().match(/[\p{L}\p{N}×]+/gu) ?? []).join(' ');
    const backOf = (element: PageElement): string => {
      const { backgroundColor = '' } = style(element);
      return backgroundColor === 'rgba(0, 0, 0, 0)' && element.parentElement !== null
        ? backOf(element.parentElement)
        : backgroundColor;
    };
    const problems =
      root.scrollWidth > root.clientWidth ? [`the page is ${root.scrollWidth} pixels wide`] : [];
    const texts: ColouredText[] = [];
    for (const element of root.querySelectorAll('body *')) {
      const { overflowX = '', overflowY = '', color: front = '' } = style(element);
      const scrolls =
        (/auto|scroll/.test(overflowX) && element.scrollWidth > element.clientWidth) ||
        (/auto|scroll/.test(overflowY) && element.scrollHeight > element.clientHeight);
      if (scrolls && !element.matches(focusable) && element.querySelector(focusable) === null) {
        problems.push(`the keyboard cannot scroll ${element.tagName}: ${element.textContent.slice(0, 40)}`);
      }
      const name = element.getAttribute('aria-label');
      const shown =
        element.innerText ??
        [...element.querySelectorAll('text')].map(({ textContent }) => textContent).join(' ');
      const isControl = element.matches('button, [role=button], summary');
      if (name !== null && isControl && !words(name).includes(words(shown))) {
        problems.push(`the name “${name}” does not contain “${shown}”`);
      }
      const own = [...element.childNodes]
        .filter(({ nodeType }) => nodeType === 3)
        .map(text => text.textContent);
      const isRead = element.closest('svg, option, .visually-hidden, :disabled') === null;
      if (isRead && own.join('').trim() !== '')
        texts.push({ text: own.join(''), front, back: backOf(element) });
    }
    return { problems, texts };
  });
}

/** `rgb(1, 2, 3)` or `color(srgb 0.1 0.2 0.3)`. */
function colourOf(css: string): Colour {
  const [red = 0, green = 0, blue = 0] = (css.match(/[\d.]+/g) ?? []).map(
    number => Number(number) / (css.startsWith('rgb') ? 255 : 1),
  );
  return [red, green, blue];
}
