/**
 * Moves the focus to the element with this id, without scrolling. Called before the button that has the focus disappears, because a visitor
 * with a keyboard or a screen reader would otherwise be back at the top of the page.
 */
export const moveFocusTo = (id: string): void => document.getElementById(id)?.focus({ preventScroll: true });
