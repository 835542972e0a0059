"""`earlyword evaluate`: a file of examples, judged the hard way."""
