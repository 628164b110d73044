// What is done when there is nothing to do.
export function nothing(): void {}
