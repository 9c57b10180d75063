/** Calls `act` for every element of `root` that fits the selector. */
export function each(root, selector, act) {
  for (const element of root.querySelectorAll(selector)) act(element);
}

/** Seconds as a clock: 245 → «4:05». */
export function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
