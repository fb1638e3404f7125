"""Why the answer is what it is: values only; terminal and memos make the words' form."""
