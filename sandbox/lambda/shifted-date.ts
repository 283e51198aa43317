/**
 * Makes `Date` tell the sandbox's time in this process. Timers are not touched.
 *
 * @param offsetMs how far the sandbox's clock is ahead of the machine's
 * @returns sets another offset
 */
export function shiftDate(offsetMs: number): (offsetMs: number) => void {
  const MachineDate = Date;
  let currentOffsetMs = offsetMs;
  const now = (): number => MachineDate.now() + currentOffsetMs;

  // A proxy and not a subclass: `Date()` without `new` has to go on working.
  const ShiftedDate = new Proxy(MachineDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
    apply: () => new MachineDate(now()).toString(),
    get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  });
  MachineDate.prototype.constructor = ShiftedDate;
  globalThis.Date = ShiftedDate;

  return newOffsetMs => {
    currentOffsetMs = newOffsetMs;
  };
}
