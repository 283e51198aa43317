import { useMemo, useRef, useState } from 'preact/hooks';
import type { Definition } from '../../../../statemachine/definition.ts';
import type { StateRun } from '../../state-runs.ts';
import { GraphEdges } from './graph-edges.tsx';
import { nodeByKey } from './graph-keys.ts';
import { layoutGraph } from './graph-layout.ts';
import { GraphNodeView } from './graph-node.tsx';
import { stateLook } from './state-look.ts';

/** See {@link GraphView}. */
interface GraphProps {
  readonly definition: Definition;
  readonly states: readonly StateRun[];
  /** The state that is looked at. */
  readonly shown: string | undefined;
  /** Whether the user has chosen it. */
  readonly isChosen: boolean;
  readonly onChoose: (state: string | undefined) => void;
}

/** The state machine as a picture. One Tab leads into it, arrow keys from state to state, Enter chooses one. */
export function GraphView({ definition, states, shown, isChosen, onChoose }: GraphProps) {
  const layout = useMemo(() => layoutGraph(definition), [definition]);
  const picture = useRef<SVGSVGElement>(null);
  const [focused, setFocused] = useState<string>();
  const tabStop = focused ?? shown ?? definition.StartAt;

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onChoose(undefined);
    const next = nodeByKey(layout.nodes, tabStop, event.key);
    if (next === undefined) return;
    event.preventDefault();
    const node = [...(picture.current?.querySelectorAll<SVGGElement>('[data-state]') ?? [])].find(
      ({ dataset }) => dataset.state === next,
    );
    node?.focus();
  };
  return (
    <div class="graph-scroll">
      {/* biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset */}
      <svg
        ref={picture}
        class="graph"
        viewBox={`0 0 ${Math.ceil(layout.width)} ${Math.ceil(layout.height)}`}
        role="group"
        aria-label="State machine: arrow keys go from state to state, Enter chooses one, Escape follows the execution again"
        onKeyDown={onKeyDown}
      >
        <GraphEdges layout={layout} states={states} />
        {layout.nodes.map(node => (
          <GraphNodeView
            key={node.name}
            node={node}
            look={stateLook(node.name, states)}
            isShown={node.name === shown}
            isChosen={isChosen && node.name === shown}
            isTabStop={node.name === tabStop}
            onChoose={() => onChoose(node.name)}
            onFocus={() => setFocused(node.name)}
          />
        ))}
      </svg>
    </div>
  );
}
