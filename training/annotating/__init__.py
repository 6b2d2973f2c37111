"""A tool for annotators: they mend khabar's draft of an article by editing lines, and never count offsets."""
