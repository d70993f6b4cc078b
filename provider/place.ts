import { quote } from "./text";

/** A field's place in an object, as a program would write it; without a place of the object, the field's name. */
export function placeIn(place: string, key: string): string {
  if (!/^[a-z_$][\w$]*$/i.test(key)) return `${place}[${quote(key)}]`;
  return place === "" ? key : `${place}.${key}`;
}
