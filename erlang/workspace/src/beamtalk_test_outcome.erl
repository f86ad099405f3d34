%% @doc How a test ended, as it is told: status, message, and the place in the test's own file.
-module(beamtalk_test_outcome).

-export([of_test/4]).
-export_type([outcome/0, ended/0]).

%% How one test ended. `message' is text for people; `line' is the place in the test's own file.
-type outcome() :: #{
    test := atom(),
    status := passed | failed | error | skipped,
    message := binary(),
    kind := atom(),
    file := binary(),
    line := non_neg_integer(),
    details := [{atom(), binary()}],
    trace := [binary()],
    assertions := non_neg_integer(),
    duration := non_neg_integer()
}.

%% What became of a test's process: a value or an error with the number of assertions; or why it is no
%% more. Stack traces are Erlang's.
-type ended() ::
    {ok, term(), non_neg_integer()}
    | {raised, error | exit | throw, term(), [term()], non_neg_integer()}
    | {timeout, pos_integer(), [term()]}
    | {stopped, beamtalk_workspace_memory:stopped()}
    | {died, term()}.

%% @doc What is told of a test: how it ended, and how many microseconds it took.
-spec of_test(atom(), ended(), module(), non_neg_integer()) -> outcome().
of_test(Test, Ended, Module, Duration) ->
    Base = #{
        test => Test, status => passed, message => <<>>, kind => nil, file => file_of(Module),
        line => 0, details => [], trace => [], assertions => 0, duration => Duration
    },
    case Ended of
        {ok, _, Count} ->
            Base#{assertions := Count};
        {raised, Class, Reason, Stack, Count} ->
            raised(Base#{assertions := Count}, Class, Reason, Stack, Module);
        {timeout, Timeout, Stack} ->
            Message = io_lib:format("did not end within ~s", [seconds(Timeout)]),
            placed(Base#{status := error, kind := timeout, message := text(Message)}, Stack, Module);
        {stopped, #{stacktrace := Stack} = Stopped} ->
            Message = beamtalk_workspace_memory:text(Stopped),
            placed(Base#{status := error, kind := killed, message := Message}, Stack, Module);
        {died, killed} ->
            Base#{status := error, kind := killed, message := <<"the test's process was killed">>};
        {died, killed_or_grown} ->
            Base#{status := error, kind := killed,
                  message := <<"the test's process was killed, or used too much memory">>};
        {died, Reason} ->
            Message = io_lib:format("the test's process ended: ~0tp", [Reason]),
            Base#{status := error, kind := killed, message := text(Message)}
    end.

seconds(Milliseconds) when Milliseconds rem 1000 =:= 0 ->
    io_lib:format("~b s", [Milliseconds div 1000]);
seconds(Milliseconds) ->
    io_lib:format("~b ms", [Milliseconds]).

raised(Base, Class, Reason, Stack, Module) ->
    Exception = exception(Class, Reason, Stack),
    Kind = maps:get(kind, Exception, nil),
    Status = case Kind of
        assertion_failed -> failed;
        test_skipped -> skipped;
        _ -> error
    end,
    Message = case Status of
        error -> printed(Exception);
        _ -> message(Exception)
    end,
    placed(
        Base#{status := Status, kind := Kind, message := Message, details := details(Exception)},
        frames(Exception, Stack), Module
    ).

%% Those of an actor in which it was raised come first.
frames(#{stack_trace := [_ | _] = Frames}, _Stack) -> Frames;
frames(_Exception, Stack) -> Stack.

exception(error, #{'__class__' := _} = Exception, _Stack) when not is_map_key(stack_trace, Exception) ->
    Exception;
exception(throw, {'$bt_return', _, _}, _Stack) ->
    #{kind => non_local_return_error, message => <<"a return from a method that has ended">>};
exception(Class, Reason, Stack) ->
    try beamtalk_exception:from(Class, Reason, Stack) of
        #{} = Exception -> Exception
    catch
        _:_ -> #{kind => Class, message => text(io_lib:format("~0tp", [Reason]))}
    end.

message(#{'__class__' := _} = Exception) -> beamtalk_exception:message_of(Exception);
message(#{message := Message}) when is_binary(Message) -> Message;
message(_) -> <<>>.

%% The class and the message, and the hint where there is one.
printed(#{'__class__' := Module} = Exception) ->
    Name = atom_to_binary(beamtalk_class:name(Module)),
    Text = case message(Exception) of
        <<>> -> Name;
        Message -> <<Name/binary, ": ", Message/binary>>
    end,
    case maps:get(hint, Exception, nil) of
        Hint when is_binary(Hint), Hint =/= <<>> -> <<Text/binary, "\nhint: ", Hint/binary>>;
        _ -> Text
    end;
printed(Exception) ->
    message(Exception).

details(#{details := #{} = Details}) ->
    [{Key, shown(map_get(Key, Details))} || Key <- [expected, actual], is_map_key(Key, Details)];
details(_) ->
    [].

shown(Value) when is_binary(Value) -> Value;
shown(Value) -> beamtalk_print:shown(Value).

%% The innermost frame in the test's own file is the line that failed.
placed(Outcome, Stack, Module) ->
    File = file_of(Module),
    Frames = [F || #{file := Path, line := Line} = F <- beamtalk_stack:frames(Stack),
                   is_binary(Path), is_integer(Line)],
    Line = case [L || #{file := Path, line := L} <- Frames, Path =:= File] of
        [Innermost | _] -> Innermost;
        [] -> 0
    end,
    Outcome#{line := Line, trace := [frame(F) || F <- lists:sublist(Frames, 12)]}.

frame(#{method := Method, receiverClass := Class, file := File, line := Line}) ->
    text([Class, ">>", atom_to_binary(Method), " (", File, ":", integer_to_binary(Line), ")"]).

file_of(Module) ->
    case maps:get(file, Module:'$meta'(), <<>>) of
        File when is_binary(File) -> File;
        _ -> <<>>
    end.

text(Chars) ->
    unicode:characters_to_binary(Chars).
