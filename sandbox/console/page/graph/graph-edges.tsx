import type { StateRun } from '../../../step-functions/state-runs.ts';
import { edgePath, type GraphLayout, START } from './graph-layout.ts';

/** See {@link GraphEdges}. */
interface EdgesProps {
  readonly layout: GraphLayout;
  readonly states: readonly StateRun[];
}

/** The transitions: highlighted if the execution took them, dashed if only errors lead there. */
export function GraphEdges({ layout, states }: EdgesProps) {
  const taken = new Set(states.map(({ name }, index) => key(states[index - 1]?.name ?? START, name)));
  const edges = layout.edges.map(edge => ({ ...edge, isTaken: taken.has(key(edge.from, edge.to)) }));
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: none of its elements can be focused
    <g aria-hidden="true">
      <defs>
        <Arrowhead id="arrow" />
        <Arrowhead id="arrow-taken" />
      </defs>
      <circle class="start" cx={layout.start.x} cy={layout.start.y} r={6} />
      {edges
        .toSorted((one, other) => Number(one.isTaken) - Number(other.isTaken))
        .map(({ from, to, isCatch, isTaken, labels, points }) => (
          <path
            key={key(from, to)}
            class={`edge ${isCatch ? 'edge-catch' : ''} ${isTaken ? 'edge-taken' : ''}`}
            d={edgePath(points)}
            marker-end={`url(#${isTaken ? 'arrow-taken' : 'arrow'})`}
          >
            <title>{[`${from} → ${to}`, ...labels].join(' · ')}</title>
          </path>
        ))}
    </g>
  );
}

function Arrowhead({ id }: { readonly id: string }) {
  return (
    <marker
      id={id}
      viewBox="0 0 8 8"
      refX="7"
      refY="4"
      markerWidth="8"
      markerHeight="8"
      markerUnits="userSpaceOnUse"
      orient="auto"
    >
      <path class={id} d="M0.5 0.5L7.5 4L0.5 7.5z" />
    </marker>
  );
}

function key(from: string, to: string): string {
  return JSON.stringify([from, to]);
}
