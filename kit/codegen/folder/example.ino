// The least that uses @name@: see main.c and src/@name@.h for the rest.
#include <@name@.h>

void setup() { Serial.begin(115200); }

void loop() {
  // write the input to @name@_@input0@() here
  Serial.println(@name@_invoke() == 0 ? "done" : "a value is illegal");
  delay(1000);
}
