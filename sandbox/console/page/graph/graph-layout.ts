import dagre from '@dagrejs/dagre';
import {
  type Definition,
  type State,
  type Transition,
  transitions,
} from '../../../../statemachine/definition.ts';

/** A place in the picture, in pixels from the upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A state and where it stands; `x` and `y` are its middle. */
export interface GraphNode extends Point {
  readonly name: string;
  /** `Task`, `Choice`, … */
  readonly type: string;
  readonly width: number;
  readonly height: number;
  /** No way leads on from it. */
  readonly isEnd: boolean;
}

/** A way between two states; all transitions between the same two are one. */
interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Only an error leads this way. */
  readonly isCatch: boolean;
  /** The conditions or errors that lead this way, in words; empty when it is the only way. */
  readonly labels: readonly string[];
  /** At least two. */
  readonly points: readonly Point[];
}

/** A definition, laid out from top to bottom. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** The middle of the point from which the first state is entered. */
  readonly start: Point;
}

/** The point before the first state, under a name that no state has. Dagre takes no empty one. */
export const START = '(start)';

const NODE_HEIGHT = 40;
const START_SIZE = 14;
/** Of a letter of a state's name, in its font, and a little more. */
const LETTER_WIDTH = 8;
/** What a node has beside its name: icon and margins. */
const NODE_MARGIN = 42;
const NARROWEST_NODE = 118;

/** The main path runs straight down; what errors and choices lead to gives way. */
const WEIGHTS = { main: 20, next: 8, default: 1, choice: 1, catch: 1 } as const;

/** Lays a definition out, with the main path in a straight line where there is room for it. */
export function layoutGraph(definition: Definition): GraphLayout {
  const straight = layout(definition, mainPath(definition));
  // Dagre sees to the line only, not to what else stands in its place.
  const best = hasOverlaps(straight.nodes) ? layout(definition, []) : straight;
  // Where there is no room for all of it, the left side is in sight.
  return best.start.x > best.width / 2 ? mirrored(best) : best;
}

function mirrored({ width, height, start, nodes, edges }: GraphLayout): GraphLayout {
  const mirror = <Placed extends Point>(placed: Placed): Placed => ({ ...placed, x: width - placed.x });
  return {
    width,
    height,
    start: mirror(start),
    nodes: nodes.map(mirror),
    edges: edges.map(edge => ({ ...edge, points: edge.points.map(mirror) })),
  };
}

function layout(definition: Definition, corePath: readonly string[]): GraphLayout {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ align: 'DL', nodesep: 14, edgesep: 10, ranksep: 21, marginx: 6, marginy: 6 });
  graph.setNode(START, { width: START_SIZE, height: START_SIZE });
  for (const name of Object.keys(definition.States)) {
    graph.setNode(name, { width: nodeWidth(name), height: NODE_HEIGHT });
  }
  const ways = waysOf(definition);
  // Dagre breaks ties by the order in which it is told.
  for (const { from, to, weight } of ways.toSorted((one, other) => other.weight - one.weight)) {
    graph.setEdge(from, to, { weight });
  }
  dagre.layout(graph, { corePath: [...corePath] });

  const { width = 0, height = 0 } = graph.graph();
  const leaving = new Set(ways.map(({ from }) => from));
  const place = (name: string) => {
    const { x = 0, y = 0, width = 0, height = 0 } = graph.node(name);
    return { x, y, width, height };
  };
  const { x, y } = place(START);
  return {
    width,
    height,
    start: { x, y },
    nodes: Object.entries(definition.States).map(([name, { Type }]) => ({
      name,
      type: Type,
      ...place(name),
      isEnd: !leaving.has(name),
    })),
    edges: ways.map(({ weight, ...way }) => ({ ...way, points: graph.edge(way.from, way.to).points ?? [] })),
  };
}

/** From the start through the states that a run without surprises goes through: of a choice, the first way. */
function mainPath({ StartAt, States }: Definition): readonly string[] {
  const path = [START];
  let name: string | undefined = StartAt;
  while (name !== undefined && !path.includes(name)) {
    path.push(name);
    const { Next, Choices = [], Default }: Partial<State> = States[name] ?? {};
    name = Next ?? Choices[0]?.Next ?? Default;
  }
  return path;
}

function hasOverlaps(nodes: readonly GraphNode[]): boolean {
  return nodes.some((one, index) =>
    nodes
      .slice(index + 1)
      .some(
        other =>
          Math.abs(one.x - other.x) < (one.width + other.width) / 2 &&
          Math.abs(one.y - other.y) < (one.height + other.height) / 2,
      ),
  );
}

function nodeWidth(name: string): number {
  return Math.max(NARROWEST_NODE, Math.ceil(name.length * LETTER_WIDTH) + NODE_MARGIN);
}

interface Way extends Pick<GraphEdge, 'from' | 'to' | 'isCatch' | 'labels'> {
  readonly weight: number;
}

function waysOf(definition: Definition): readonly Way[] {
  const path = mainPath(definition);
  const isMain = (from: string, to: string): boolean =>
    path[path.indexOf(from) + 1] === to && path.includes(from);
  const between = Map.groupBy(transitions(definition), ({ from, to }) => JSON.stringify([from, to]));
  const ways = [...between.values()].flatMap(([first, ...others]): Way[] => {
    if (first === undefined) return [];
    const { from, to } = first;
    const all: readonly Transition[] = [first, ...others];
    return [
      {
        from,
        to,
        isCatch: all.every(({ kind }) => kind === 'catch'),
        labels: all.map(({ label }) => label).filter(label => label !== ''),
        weight: isMain(from, to) ? WEIGHTS.main : Math.max(...all.map(({ kind }) => WEIGHTS[kind])),
      },
    ];
  });
  return [{ from: START, to: definition.StartAt, isCatch: false, labels: [], weight: WEIGHTS.main }, ...ways];
}
