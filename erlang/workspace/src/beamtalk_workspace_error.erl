%% @doc An exception as a client shows it: plain data, without references into the node.
-module(beamtalk_workspace_error).

-export([described/1, place/1]).

%% @doc Message, kind, class, hint, the place where it was raised, and the stack of Beamtalk frames.
-spec described(map()) -> map().
described(#{'__class__' := Module} = Exception) ->
    Stack = [frame(Each) || Each <- beamtalk_exception:stackTrace(Exception)],
    Message = beamtalk_exception:message_of(Exception),
    #{class => atom_to_binary(beamtalk_class:name(Module)),
      kind => maps:get(kind, Exception, nil),
      message => Message,
      text => <<"Error: ", Message/binary>>,
      hint => optional(maps:get(hint, Exception, nil)),
      selector => maps:get(selector, Exception, nil),
      receiver_class => optional(maps:get(receiver_class, Exception, nil)),
      where => where(Exception, Stack),
      stack => lists:sublist(Stack, 50)}.

%% @doc Where a process was that was stopped: its place and its stack as `described/1' answers them.
-spec place([term()]) -> map().
place(Stacktrace) ->
    Stack = [frame(Each) || Each <- beamtalk_stack:frames(Stacktrace)],
    #{where => where(#{}, Stack), stack => Stack}.

frame(#{receiverClass := Class, method := Selector} = Frame) ->
    #{class => optional(Class),
      selector => optional(Selector),
      module => maps:get(moduleName, Frame, nil),
      file => optional(maps:get(file, Frame, nil)),
      line => maps:get(line, Frame, nil)}.

where(Exception, Stack) ->
    case [Frame || #{line := Line, module := In} = Frame <- Stack, Line =/= nil, not is_evaluated(In)] of
        [#{class := Class, selector := Selector, file := File, line := Line} | _] ->
            format("~ts>>~ts (~ts:~b)", [shown(Class), shown(Selector), shown(File), Line]);
        [] -> where(Exception)
    end.

%% The frame of the prompt's own expression says nothing that its reader does not see.
is_evaluated(<<"bt@eval@", _/binary>>) -> true;
is_evaluated(_) -> false.

where(#{receiver_class := Class, selector := Selector}) when Class =/= nil, Selector =/= nil ->
    format("~ts>>~ts", [text(Class), text(Selector)]);
where(_) ->
    nil.

shown(nil) -> <<"?">>;
shown(Text) -> Text.

optional(nil) -> nil;
optional(undefined) -> nil;
optional(Value) -> text(Value).

text(nil) -> <<"nil">>;
text(Value) when is_binary(Value) -> Value;
text(Value) when is_atom(Value) -> atom_to_binary(Value);
text(Value) ->
    beamtalk_print:display_string(Value).

format(Format, Arguments) ->
    unicode:characters_to_binary(io_lib:format(Format, Arguments)).
