import dagre from '@dagrejs/dagre';
import {
  type Definition,
  type State,
  type Transition,
  transitions,
} from '../../../../statemachine/definition.ts';

/** A position in the graph, in pixels from the upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A state and its position; `x` and `y` are its centre. */
export interface GraphNode extends Point {
  readonly name: string;
  /** `Task`, `Choice`, … */
  readonly type: string;
  readonly width: number;
  readonly height: number;
  /** It has no next state. */
  readonly isEnd: boolean;
}

/** An edge between two states; all transitions between the same two are one edge. */
interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Whether only caught errors take it. */
  readonly isCatch: boolean;
  /** The conditions or errors of the transitions; empty when there is no choice. */
  readonly labels: readonly string[];
  /** At least two. */
  readonly points: readonly Point[];
}

/** The layout of a definition, from top to bottom. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** The centre of the start point. */
  readonly start: Point;
}

/** The start point; no state has this name, and Dagre refuses an empty one. */
export const START = '(start)';

const NODE_HEIGHT = 40;
const START_SIZE = 14;
/** The width of a letter of a state's name, rounded up. */
const LETTER_WIDTH = 8;
/** The width of a node without its name: icon and margins. */
const NODE_MARGIN = 42;
const MIN_NODE_WIDTH = 118;
/** The width of the longest badge, `redriven ×10`. */
const MAX_BADGE_WIDTH = 84;
/** The space around the graph. */
const MARGIN = 6;

/** The main path runs straight down; edges of errors and choices bend around it. */
const WEIGHTS = { main: 20, next: 8, default: 1, choice: 1, catch: 1 } as const;

/** Lays out a definition, with a straight main path if possible. */
export function layoutGraph(definition: Definition): GraphLayout {
  const straight = layout(definition, mainPath(definition));
  // Dagre keeps the path straight, but may place other nodes over it.
  const best = hasOverlaps(straight.nodes) ? layout(definition, []) : straight;
  // Narrow windows show the left side first.
  return best.start.x > best.width / 2 ? mirrored(best) : best;
}

function mirrored(graph: GraphLayout): GraphLayout {
  return { ...graph, ...withX(graph, x => graph.width - x) };
}

/** Dagre sizes the graph by its states, but routes edges outside them. */
function withRoomForEdges(graph: GraphLayout): GraphLayout {
  const xs = graph.edges.flatMap(({ points }) => points.map(({ x }) => x));
  const left = Math.max(0, MARGIN - Math.min(...xs));
  const right = Math.max(0, Math.max(...xs) + MARGIN - graph.width);
  return { ...graph, width: left + graph.width + right, ...withX(graph, x => x + left) };
}

function withX({ start, nodes, edges }: GraphLayout, change: (x: number) => number) {
  const changed = <Placed extends Point>(placed: Placed): Placed => ({ ...placed, x: change(placed.x) });
  return {
    start: changed(start),
    nodes: nodes.map(changed),
    edges: edges.map(edge => ({ ...edge, points: edge.points.map(changed) })),
  };
}

function layout(definition: Definition, corePath: readonly string[]): GraphLayout {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ align: 'DL', nodesep: 14, edgesep: 10, ranksep: 21, marginx: MARGIN, marginy: MARGIN });
  graph.setNode(START, { width: START_SIZE, height: START_SIZE });
  for (const name of Object.keys(definition.States)) {
    graph.setNode(name, { width: nodeWidth(name), height: NODE_HEIGHT });
  }
  const edges = edgesOf(definition);
  // Dagre breaks ties by the order of the edges.
  for (const { from, to, weight } of edges.toSorted((one, other) => other.weight - one.weight)) {
    graph.setEdge(from, to, { weight });
  }
  dagre.layout(graph, { corePath: [...corePath] });

  const { width = 0, height = 0 } = graph.graph();
  const leaving = new Set(edges.map(({ from }) => from));
  const place = (name: string) => {
    const { x = 0, y = 0, width = 0, height = 0 } = graph.node(name);
    return { x, y, width, height };
  };
  const { x, y } = place(START);
  return withRoomForEdges({
    width,
    height,
    start: { x, y },
    nodes: Object.entries(definition.States).map(([name, { Type }]) => ({
      name,
      type: Type,
      ...place(name),
      isEnd: !leaving.has(name),
    })),
    edges: edges.map(({ weight, ...edge }) => ({
      ...edge,
      points: graph.edge(edge.from, edge.to).points ?? [],
    })),
  });
}

/** The path of a run that has no errors and takes the first choice. */
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

/** Whether a badge fits between a node and the next one to its right. */
export function hasRoomOnRight(node: GraphNode, nodes: readonly GraphNode[]): boolean {
  const gapTo = ({ x, width }: GraphNode): number => x - node.x - (width + node.width) / 2;
  return !nodes.some(other => other.y === node.y && other.x > node.x && gapTo(other) < MAX_BADGE_WIDTH);
}

function nodeWidth(name: string): number {
  return Math.max(MIN_NODE_WIDTH, Math.ceil(name.length * LETTER_WIDTH) + NODE_MARGIN);
}

interface WeightedEdge extends Pick<GraphEdge, 'from' | 'to' | 'isCatch' | 'labels'> {
  readonly weight: number;
}

function edgesOf(definition: Definition): readonly WeightedEdge[] {
  const path = mainPath(definition);
  const isMain = (from: string, to: string): boolean =>
    path[path.indexOf(from) + 1] === to && path.includes(from);
  const between = Map.groupBy(transitions(definition), ({ from, to }) => JSON.stringify([from, to]));
  const edges = [...between.values()].flatMap(([first, ...others]): WeightedEdge[] => {
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
  return [
    { from: START, to: definition.StartAt, isCatch: false, labels: [], weight: WEIGHTS.main },
    ...edges,
  ];
}

/** An SVG path through the points, rounded at all but the first and the last. */
export function edgePath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return '';
  const bends = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? last;
    const isLastBend = index === rest.length - 2;
    const end = isLastBend ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${at(point)} ${at(end)}`;
  });
  return [`M${at(first)}`, ...(bends.length === 0 ? [`L${at(last)}`] : bends)].join(' ');
}

function at({ x, y }: Point): string {
  return `${round(x)},${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
