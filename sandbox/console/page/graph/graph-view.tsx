import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Definition } from '../../../../statemachine/definition.ts';
import type { StateRun } from '../../../step-functions/state-runs.ts';
import { GraphEdges } from './graph-edges.tsx';
import { nodeByKey } from './graph-keys.ts';
import { hasRoomOnRight, layoutGraph } from './graph-layout.ts';
import { GraphNodeView } from './graph-node.tsx';
import { stateLook } from './state-look.ts';

/** See {@link GraphView}. */
interface GraphProps {
  readonly definition: Definition;
  readonly states: readonly StateRun[];
  /** The state whose details are shown. */
  readonly shown: string | undefined;
  /** Whether the user selected it. */
  readonly isSelected: boolean;
  readonly onSelect: (state: string | undefined) => void;
}

/** The graph of the state machine. Tab focuses it, arrow keys move between states, Enter selects one. */
export function GraphView({ definition, states, shown, isSelected, onSelect }: GraphProps) {
  const layout = useMemo(() => layoutGraph(definition), [definition]);
  const picture = useRef<SVGSVGElement>(null);
  const [focused, setFocused] = useState<string>();
  const tabStop = focused ?? shown ?? definition.StartAt;

  const node = layout.nodes.find(({ name }) => name === shown);
  const middle = node === undefined ? undefined : node.x / layout.width;
  useEffect(() => {
    const scroller = picture.current?.parentElement;
    if (middle === undefined || scroller === null || scroller === undefined) return;
    // Has an effect only if the graph is wider than its panel.
    scroller.scrollLeft = middle * scroller.scrollWidth - scroller.clientWidth / 2;
  }, [middle]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onSelect(undefined);
    const next = nodeByKey(layout.nodes, tabStop, event.key);
    if (next === undefined) return;
    event.preventDefault();
    const target = [...(picture.current?.querySelectorAll<SVGGElement>('[data-state]') ?? [])].find(
      ({ dataset }) => dataset.state === next,
    );
    target?.focus();
  };
  return (
    <div class="graph-scroll">
      {/* biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset */}
      <svg
        ref={picture}
        class="graph"
        viewBox={`0 0 ${Math.ceil(layout.width)} ${Math.ceil(layout.height)}`}
        style={{ maxWidth: `${Math.ceil(layout.width)}px` }}
        role="group"
        aria-label="State machine: arrow keys move between states, Enter selects one, Escape follows the execution again"
        onKeyDown={onKeyDown}
      >
        <GraphEdges layout={layout} states={states} />
        {layout.nodes.map(each => (
          <GraphNodeView
            key={each.name}
            node={each}
            look={stateLook(each.name, states)}
            hasRoomOnRight={hasRoomOnRight(each, layout.nodes)}
            isShown={each.name === shown}
            isSelected={isSelected && each.name === shown}
            isTabStop={each.name === tabStop}
            onSelect={() => onSelect(each.name)}
            onFocus={() => setFocused(each.name)}
          />
        ))}
      </svg>
    </div>
  );
}
