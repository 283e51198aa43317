/** One line of a list of facts. */
export function Fact({
  name,
  value,
  className,
}: {
  readonly name: string;
  readonly value: string;
  readonly className?: string;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={className}>{value}</dd>
    </div>
  );
}
