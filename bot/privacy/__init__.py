"""What shoppers should not have typed: recognised, masked, and kept from everything behind the channel. Knows no Rasa."""
