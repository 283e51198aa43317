import type { GraphNode } from './graph-layout.ts';

const DIRECTIONS: Readonly<Record<string, { readonly x: number; readonly y: number }>> = {
  ArrowDown: { x: 0, y: 1 },
  ArrowUp: { x: 0, y: -1 },
  ArrowRight: { x: 1, y: 0 },
  ArrowLeft: { x: -1, y: 0 },
};

/** The weight of a distance sideways, relative to one straight ahead. */
const SIDEWAYS_COST = 4;

/**
 * The state that a key moves to: the next one in an arrow's direction, the first or the last.
 *
 * @returns undefined when there is none, or for any other key
 */
export function nodeByKey(
  nodes: readonly GraphNode[],
  from: string | undefined,
  key: string,
): string | undefined {
  if (key === 'Home') return nodes[0]?.name;
  if (key === 'End') return nodes.at(-1)?.name;
  const direction = DIRECTIONS[key];
  if (direction === undefined) return undefined;
  const origin = nodes.find(({ name }) => name === from);
  if (origin === undefined) return nodes[0]?.name;
  const reachable = nodes.flatMap(({ name, x, y }) => {
    const ahead = (x - origin.x) * direction.x + (y - origin.y) * direction.y;
    const aside = Math.abs((x - origin.x) * direction.y) + Math.abs((y - origin.y) * direction.x);
    return ahead > 1 ? [{ name, cost: ahead + aside * SIDEWAYS_COST }] : [];
  });
  return reachable.toSorted((one, other) => one.cost - other.cost)[0]?.name;
}
