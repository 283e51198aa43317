import { IconMark } from '../icon.tsx';
import type { GraphNode } from './graph-layout.ts';
import type { StateLook } from './state-look.ts';

/** See {@link GraphNodeView}. */
interface NodeProps {
  readonly node: GraphNode;
  readonly look: StateLook;
  /** Whether badges fit between the node and the next one. */
  readonly hasRoomOnRight: boolean;
  readonly isShown: boolean;
  readonly isSelected: boolean;
  readonly isTabStop: boolean;
  readonly onSelect: () => void;
  readonly onFocus: () => void;
}

const BADGE_HEIGHT = 15;
const BADGE_LETTER_WIDTH = 6.2;
const BADGE_GAP = 2;
/** How much of a badge lies over its node. */
const BADGE_OVERLAP = 4;

/** A state: a button that shows its status by colour, icon and text. */
export function GraphNodeView(props: NodeProps) {
  const { node, look, hasRoomOnRight, isShown, isSelected, isTabStop, onSelect, onFocus } = props;
  const { name, type, x, y, width, height } = node;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onSelect();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button
    <g
      class={`node tone-${look.tone} ${isShown ? 'is-shown' : ''}`}
      transform={`translate(${x - width / 2} ${y - height / 2})`}
      role="button"
      tabindex={isTabStop ? 0 : -1}
      aria-pressed={isSelected}
      aria-label={look.sentence}
      data-state={name}
      data-tone={look.tone}
      onClick={onSelect}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
    >
      <title>{`${look.sentence} (${type})`}</title>
      <Shape {...node} className="node-ring" grow={4} />
      <Shape {...node} className="node-shape" grow={0} />
      <g transform={`translate(12 ${height / 2 - 8})`}>
        <IconMark tone={look.tone} />
      </g>
      <text class="node-name" x={34} y={height / 2 - 3}>
        {name}
      </text>{' '}
      <text class="node-word" x={34} y={height / 2 + 12}>
        {look.word}
      </text>
      <Badges badges={look.badges} width={width} hasRoomOnRight={hasRoomOnRight} />
    </g>
  );
}

interface ShapeProps extends Pick<GraphNode, 'type' | 'width' | 'height' | 'isEnd'> {
  readonly className: string;
  /** How much larger than the node it is, on each side. */
  readonly grow: number;
}

/** Choice states have pointed sides, end states round ones. */
function Shape({ type, width, height, isEnd, className, grow }: ShapeProps) {
  const left = -grow;
  const top = -grow;
  const right = width + grow;
  const bottom = height + grow;
  if (type === 'Choice') {
    const middle = height / 2;
    const points = [
      [left, middle],
      [left + 12, top],
      [right - 12, top],
      [right, middle],
      [right - 12, bottom],
      [left + 12, bottom],
    ];
    return <polygon class={className} points={points.map(point => point.join(',')).join(' ')} />;
  }
  return (
    <rect
      class={className}
      x={left}
      y={top}
      width={right - left}
      height={bottom - top}
      rx={isEnd ? (bottom - top) / 2 : 6 + grow}
    />
  );
}

interface BadgesProps extends Pick<NodeProps, 'hasRoomOnRight'> {
  readonly badges: readonly string[];
  /** The width of the node. */
  readonly width: number;
}

/** Stacked at one side of the node, clear of its name and of arrows. */
function Badges({ badges, width, hasRoomOnRight }: BadgesProps) {
  return (
    <>
      {badges.map((badge, index) => {
        const badgeWidth = badge.length * BADGE_LETTER_WIDTH + 10;
        const x = hasRoomOnRight ? width - BADGE_OVERLAP : BADGE_OVERLAP - badgeWidth;
        const y = index * (BADGE_HEIGHT + BADGE_GAP) - BADGE_OVERLAP;
        return (
          <g key={badge} class="badge" transform={`translate(${x} ${y})`}>
            <rect width={badgeWidth} height={BADGE_HEIGHT} rx={BADGE_HEIGHT / 2} />{' '}
            <text x={badgeWidth / 2} y={BADGE_HEIGHT / 2 + 3.5}>
              {badge}
            </text>
          </g>
        );
      })}
    </>
  );
}
