/** Which side goes where both have changed the same thing. */
export type Preference = 'ours' | 'theirs';
