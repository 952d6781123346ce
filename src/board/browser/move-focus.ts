/**
 * Moves the focus to the element with this id, without scrolling. Called before a button with the focus disappears. Otherwise a visitor with
 * a keyboard or a screen reader would be back at the top of the page.
 */
export const moveFocusTo = (id: string): void => document.getElementById(id)?.focus({ preventScroll: true });
