%% @doc Primitives of `Result', and the results that other primitives answer.
-module(beamtalk_result).

-export(['class fromTuple:'/2, unwrap/1]).
-export([ok/1, error/1, raise_reason/3]).

-type result() :: #{'__class__' := module(), okValue := term(), errReason := term(), isOk := boolean()}.
-export_type([result/0]).

%% A success.
-spec ok(term()) -> result().
ok(Value) ->
    #{'__class__' => 'bt@stdlib@Result', okValue => Value, errReason => nil, isOk => true}.

%% A failure.
-spec error(term()) -> result().
error(Reason) ->
    #{'__class__' => 'bt@stdlib@Result', okValue => nil, errReason => Reason, isOk => false}.

-spec 'class fromTuple:'(term(), term()) -> result().
'class fromTuple:'(_, {ok, Value}) -> ok(Value);
'class fromTuple:'(_, {error, Reason}) -> ?MODULE:error(Reason);
'class fromTuple:'(_, ok) -> ok(nil);
'class fromTuple:'(_, error) -> ?MODULE:error(error);
'class fromTuple:'(_, #{'__class__' := 'bt@stdlib@Result'} = Result) -> Result;
'class fromTuple:'(_, Other) ->
    beamtalk_exception:type_error(
        'Result', 'fromTuple:', <<"{#ok, value} or {#error, reason}">>, Other
    ).

-spec unwrap(result()) -> term().
unwrap(#{isOk := true, okValue := Value}) -> Value;
unwrap(#{errReason := Reason}) -> raise_reason(Reason, 'Result', unwrap).

%% Raises a reason: an exception as it is, anything else inside one.
-spec raise_reason(term(), atom(), atom()) -> no_return().
raise_reason(Reason, Class, Selector) ->
    case beamtalk_exception:is_exception(Reason) of
        true ->
            beamtalk_exception:signal(Reason);
        false ->
            Message = [
                atom_to_binary(Class), ">>", atom_to_binary(Selector),
                " of an error: ", beamtalk_print:print_string(Reason)
            ],
            beamtalk_exception:raise(signal, Class, Selector, Message, nil, Reason)
    end.
