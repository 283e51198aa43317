/** The height of an element that must be visible, in pixels. */
const MIN_VISIBLE = 160;

/** Scrolls to an element once it is rendered, unless enough of it is visible. */
export function reveal(id: string): void {
  requestAnimationFrame(() => {
    const element = document.getElementById(id);
    if (element === null) return;
    const { top, bottom, height } = element.getBoundingClientRect();
    const visible = Math.min(bottom, innerHeight) - Math.max(top, 0);
    if (visible < Math.min(height, MIN_VISIBLE)) element.scrollIntoView();
  });
}
