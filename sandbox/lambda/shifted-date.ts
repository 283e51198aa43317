/**
 * Makes `Date` tell another time in this process. Timers are not touched.
 *
 * @param nowMs gives the time that `Date` is to tell for the machine's
 */
export function shiftDate(nowMs: (machineMs: number) => number): void {
  const MachineDate = Date;
  const now = (): number => nowMs(MachineDate.now());

  // A proxy and not a subclass: `Date()` without `new` has to go on working.
  const ShiftedDate = new Proxy(MachineDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
    apply: () => new MachineDate(now()).toString(),
    get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  });
  MachineDate.prototype.constructor = ShiftedDate;
  globalThis.Date = ShiftedDate;
}
