%% @doc Who keeps a load from taking the old code of modules away, in words: processes in the middle of
%% one of its methods, or with a block that it made. Runs in the process of a load; changes nothing.
-module(beamtalk_workspace_users).

-export([described/1, is_asking/1]).

-define(NAMED_AT_MOST, 10).

%% @doc The users of old code, a text for each, with the method and the line where they are.
-spec described([module()]) -> [binary()].
described(Modules) ->
    Living = maps:from_list(beamtalk_actor:living()),
    [user(Pid, Module, Living) || {Pid, Module} <- lists:sublist(users(Modules), ?NAMED_AT_MOST)].

%% @doc Whether one of them waits for the very change that it keeps from being made.
-spec is_asking([module()]) -> boolean().
is_asking(Modules) ->
    lists:any(fun({Pid, _}) -> asks(stack(Pid)) end, users(Modules)).

users(Modules) ->
    [{Pid, Module} || Pid <- processes(), Module <- Modules, erlang:check_process_code(Pid, Module) =:= true].

user(Pid, Module, Living) ->
    Stack = stack(Pid),
    Who = who(Pid, Living, Stack),
    case {[Frame || {Of, _, _, _} = Frame <- Stack, Of =:= Module], asks(Stack)} of
        {[], _} -> text("~ts keeps a block of ~ts", [Who, beamtalk_workspace_layout:class_name(Module, #{})]);
        {Frames, false} -> text("~ts runs ~ts", [Who, place(Frames)]);
        {Frames, true} -> text("~ts runs ~ts, which waits for this change", [Who, place(Frames)])
    end.

who(Pid, Living, Stack) ->
    case {Living, is_in(beamtalk_workspace_evaluator, Stack)} of
        {#{Pid := Module}, _} ->
            beamtalk_workspace_change:printed_actor(Pid, beamtalk_workspace_layout:class_name(Module, #{}));
        {_, true} -> <<"an evaluation">>;
        _ -> list_to_binary(pid_to_list(Pid))
    end.

stack(Pid) ->
    case process_info(Pid, current_stacktrace) of
        {current_stacktrace, Stack} -> Stack;
        undefined -> []
    end.

asks(Stack) ->
    is_in(beamtalk_workspace_compiler, Stack).

is_in(Module, Stack) ->
    lists:any(fun({Of, _, _, _}) -> Of =:= Module end, Stack).

%% The innermost of a module's frames that is one of a method. Not each has a line.
place([{Module, _, _, _} | _] = Frames) ->
    case beamtalk_stack:frames(Frames) of
        [#{method := Method, receiverClass := Class, file := File, line := Line} | _]
            when is_binary(Class), is_integer(Line) -> text("~ts>>~ts (~ts:~b)", [Class, Method, File, Line]);
        [#{method := Method, receiverClass := Class} | _] when is_binary(Class) -> text("~ts>>~ts", [Class, Method]);
        _ -> beamtalk_workspace_layout:class_name(Module, #{})
    end.

text(Format, Arguments) ->
    unicode:characters_to_binary(io_lib:format(Format, Arguments)).
